import type { State } from '../definition/definition.ts';
import type { Execution } from './execution.ts';
import { FailStateReached, runChoice, runFail, runPass, runSucceed, runWait } from './run-simple.ts';
import { runTask } from './run-task.ts';
import { InterpreterStopped, StateError } from './state-error.ts';
import type { Outcome, InterpreterDeps } from './state-run.ts';
import { StateRun } from './state-run.ts';

/** Runs an execution to its end. Never rejects: every error ends the execution. */
export async function interpret(deps: InterpreterDeps, region: string): Promise<void> {
  const { execution } = deps;
  try {
    execution.succeed(await runStates(deps, region));
  } catch (error) {
    if (execution.status !== 'RUNNING') return;
    if (error instanceof FailStateReached) return execution.fail(error.error, error.reason);
    if (error instanceof StateError) return execution.fail(error.name, error.cause);
    execution.fail(
      'States.Runtime',
      `The local interpreter has a bug: ${error instanceof Error ? error.stack : String(error)}`,
    );
  }
}

async function runStates(deps: InterpreterDeps, region: string): Promise<unknown> {
  const { execution } = deps;
  const { States } = execution.machine.definition;
  for (;;) {
    const left = lastOutput(execution);
    if (left !== undefined) return left.output;
    const { name } = execution.position;
    const state = States.get(name);
    if (state === undefined) throw new Error(`no state '${name}'`);
    const outcome: Outcome = await runState(new StateRun(deps, state), state, region);
    if (outcome.next === undefined) return outcome.output;
    if (execution.isMachineDeleted) execution.abort(undefined, undefined);
    if (execution.status !== 'RUNNING') throw new InterpreterStopped();
  }
}

function runState(run: StateRun, state: State, region: string): Promise<Outcome> {
  switch (state.Type) {
    case 'Task':
      return runTask(run, state, region);
    case 'Choice':
      return runChoice(run, state);
    case 'Wait':
      return runWait(run, state);
    case 'Pass':
      return runPass(run, state);
    case 'Succeed':
      return runSucceed(run, state);
    case 'Fail':
      return runFail(run, state);
  }
}

/** The output of the last state, if the execution was saved after it had left that state and before its own end. */
function lastOutput({ resumedIn, events }: Execution): { readonly output: unknown } | undefined {
  const output = events.at(-1)?.stateExitedEventDetails?.output;
  if (resumedIn?.entered === undefined || output === undefined) return undefined;
  return { output: JSON.parse(output) as unknown };
}
