import type { Definition, State } from './definition.ts';

/** The states that a state can transition to, including by errors. */
function targetsOf(state: State): readonly string[] {
  switch (state.Type) {
    case 'Choice':
      return [...state.Choices.map((rule) => rule.Next), ...listOptional(state.Default)];
    case 'Task':
      return [...listOptional(state.Next), ...(state.Catch ?? []).map((catcher) => catcher.Next)];
    case 'Pass':
    case 'Wait':
      return listOptional(state.Next);
    case 'Succeed':
    case 'Fail':
      return [];
  }
}

function listOptional(name: string | undefined): readonly string[] {
  return name === undefined ? [] : [name];
}

/**
 * What is wrong with the transitions, as one sentence, or `undefined`. AWS refuses the same in
 * CreateStateMachine.
 */
export function checkTransitions(definition: Definition): string | undefined {
  if (!definition.States.has(definition.StartAt))
    return `StartAt is '${definition.StartAt}', which is not a state.`;
  for (const [name, state] of definition.States) {
    const problem = checkState(definition, state);
    if (problem !== undefined) return `State '${name}' (${state.Type}): ${problem}`;
  }
  return checkReachable(definition) ?? checkEnds(definition);
}

function checkState(definition: Definition, state: State): string | undefined {
  const unknown = targetsOf(state).find((target) => !definition.States.has(target));
  if (unknown !== undefined) return `it transitions to '${unknown}', which is not a state.`;
  if ('End' in state && 'Next' in state && state.End !== undefined && state.Next !== undefined) {
    return 'it has both Next and End; it needs exactly one.';
  }
  if (state.Type === 'Wait')
    return checkWait(state.Seconds, state.Timestamp) ?? checkEnd(state.Next, state.End);
  if (state.Type === 'Pass') return checkEnd(state.Next, state.End);
  if (state.Type === 'Task')
    return checkEnd(state.Next, state.End) ?? checkHandlers(state.Retry) ?? checkHandlers(state.Catch);
  return undefined;
}

function checkEnd(next: string | undefined, end: true | undefined): string | undefined {
  return next === undefined && end === undefined
    ? 'it has neither Next nor End; it needs exactly one.'
    : undefined;
}

function checkWait(seconds: unknown, timestamp: unknown): string | undefined {
  return (seconds === undefined) === (timestamp === undefined)
    ? 'it needs exactly one of Seconds and Timestamp.'
    : undefined;
}

/**
 * States.ALL must be alone and last:
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
function checkHandlers(
  handlers: readonly { readonly ErrorEquals: readonly string[] }[] | undefined,
): string | undefined {
  const list = handlers ?? [];
  const wrong = list.find(
    ({ ErrorEquals }, index) =>
      ErrorEquals.includes('States.ALL') && (ErrorEquals.length > 1 || index < list.length - 1),
  );
  return wrong === undefined
    ? undefined
    : 'States.ALL must be alone in its ErrorEquals, in the last Retry or Catch.';
}

/** Every state is reachable, so one that ends the execution is enough. AWS's code is MISSING_END_STATE. */
function checkEnds(definition: Definition): string | undefined {
  const ends = [...definition.States.values()].some(
    (state) => state.Type === 'Succeed' || state.Type === 'Fail' || ('End' in state && state.End === true),
  );
  return ends ? undefined : 'No state ends the execution: one must have End, or be of Type Succeed or Fail.';
}

function checkReachable(definition: Definition): string | undefined {
  const seen = new Set<string>();
  const open = [definition.StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = definition.States.get(name);
    if (state === undefined || seen.has(name)) continue;
    seen.add(name);
    open.push(...targetsOf(state));
  }
  const unreachable = [...definition.States.keys()].find((name) => !seen.has(name));
  return unreachable === undefined
    ? undefined
    : `State '${unreachable}' cannot be reached from '${definition.StartAt}'.`;
}
