import jsonata from 'jsonata';
import type { Definition, State, TaskState } from '../../../lib/workflow/asl.ts';
import { ofType, textOf, type Resources } from '../sample.ts';

/** A state machine of a synthesized template: that of a task type, or Teardown. */
export const machineIn = (resources: Resources, kind: 'task' | 'teardown') =>
  ofType(resources, 'AWS::StepFunctions::StateMachine').find(
    ([id]) => id.includes('Teardown') === (kind === 'teardown'),
  );

/** The definition of a state machine in a synthesized template. */
export function definitionIn(resources: Resources, kind: 'task' | 'teardown' = 'task'): Definition {
  const machine = machineIn(resources, kind);
  return JSON.parse(textOf(machine?.[1].Properties['DefinitionString'])) as Definition;
}

export const TAIL = 'RevokeAndRecord';

/** Every possible next state of a state. */
export function nextOf(state: State): string[] {
  if (state.Type === 'Task') return [state.Next, ...state.Catch.map((catcher) => catcher.Next)];
  if (state.Type === 'Wait') return [state.Next];
  if (state.Type === 'Choice') return [...state.Choices.map((choice) => choice.Next), state.Default];
  return [];
}

/** The states that can be entered before the tail. */
export function beforeTail(definition: Definition): string[] {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const state = definition.States[name];
    if (name === TAIL || seen.has(name) || state === undefined) return;
    seen.add(name);
    nextOf(state).forEach(visit);
  };
  visit(definition.StartAt);
  return [...seen];
}

/** States before the tail that end the execution or never lead to the tail. */
export function waysAround(definition: Definition): string[] {
  const before = beforeTail(definition);
  return before.filter((name) => {
    const state = definition.States[name];
    const next = state === undefined ? [] : nextOf(state);
    return (
      next.length === 0 ||
      !next.every((to) => to === TAIL || before.includes(to)) ||
      !reachesTail(definition, name)
    );
  });
}

function reachesTail(definition: Definition, from: string): boolean {
  const seen = new Set<string>();
  const search = (name: string): boolean => {
    if (name === TAIL) return true;
    const state = definition.States[name];
    if (seen.has(name) || state === undefined) return false;
    seen.add(name);
    return nextOf(state).some(search);
  };
  return search(from);
}

export interface Bindings {
  readonly input?: unknown;
  readonly result?: unknown;
  readonly errorOutput?: unknown;
  readonly context: unknown;
}

/** Evaluates each `{% … %}` string like Step Functions, with its function `$parse`. An undefined result is an error. */
export async function evaluate(template: unknown, states: Bindings): Promise<unknown> {
  if (typeof template === 'string') {
    const text = /^\{%(.*)%\}$/s.exec(template)?.[1];
    if (text === undefined) return template;
    const value: unknown = await jsonata(text).evaluate(undefined, { states, parse });
    if (value === undefined) throw new Error(`The expression gives nothing: ${text}`);
    return JSON.parse(JSON.stringify(value)) as unknown;
  }
  if (Array.isArray(template)) return Promise.all(template.map((item) => evaluate(item, states)));
  if (typeof template !== 'object' || template === null) return template;
  const entries = Object.entries(template).map(
    async ([key, value]) => [key, await evaluate(value, states)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

const parse = (text: string): unknown => JSON.parse(text);

/** All expressions in a template. */
export function expressionsIn(template: unknown): string[] {
  if (typeof template === 'string') return template.startsWith('{%') ? [template] : [];
  return typeof template === 'object' && template !== null
    ? Object.values(template).flatMap(expressionsIn)
    : [];
}

export const tasksOf = (definition: Definition): [string, TaskState][] =>
  Object.entries(definition.States).filter((entry): entry is [string, TaskState] => entry[1].Type === 'Task');

export interface Answer {
  readonly attempts: number;
  /** The sum of the waits before the retries, in seconds. */
  readonly waits: number;
  readonly next: string | undefined;
}

const FATAL = ['States.DataLimitExceeded', 'States.Runtime'];
const answers = (equals: readonly string[], error: string) =>
  equals.includes(error) || (equals.includes('States.ALL') && !FATAL.includes(error));

/** How a state handles an error: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
export function answerTo(state: TaskState, error: string): Answer {
  const retrier = state.Retry?.find((candidate) => answers(candidate.ErrorEquals, error));
  const next = state.Catch.find((candidate) => answers(candidate.ErrorEquals, error))?.Next;
  const attempts = retrier?.MaxAttempts ?? 0;
  const wait = (attempt: number) =>
    Math.min(
      (retrier?.IntervalSeconds ?? 1) * (retrier?.BackoffRate ?? 2) ** attempt,
      retrier?.MaxDelaySeconds ?? Infinity,
    );
  const waits = Array.from({ length: attempts }, (_unused, attempt) => wait(attempt)).reduce(
    (sum, seconds) => sum + seconds,
    0,
  );
  return { attempts, waits, next };
}
