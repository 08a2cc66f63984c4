import { describe, expect, test } from 'vitest';
import { chainFault } from 'taskbound-evidence/chain/evidence';
import { SWEEP_MARGIN_MS } from '../../../core/ledger/due.ts';
import { StackRecords } from '../../../client/stack/stack-records.ts';
import { deploy, freshId, type Deployed } from '../deployed.ts';
import { runSchedulesFor } from './signals.ts';

/** The states of the synthesized definition, without the end states that this task cannot reach. */
const STATES = await statesOf(/^ObjectTransfer/);

async function statesOf(machine: RegExp): Promise<string[]> {
  const { aws, stack } = await deploy('sample');
  const { arn = '' } =
    [...stack.resources.values()].find(
      ({ type, logicalId }) => type === 'AWS::StepFunctions::StateMachine' && machine.test(logicalId),
    ) ?? {};
  const names = aws.states.states(arn).map(({ name }) => name);
  return names.filter((name) => name !== 'NotTheOwner' && name !== 'BoundaryUnproven');
}

/** The states in which the boundary is already closed when the execution is stopped. */
const CLOSED_BEFORE = new Set(['Outcome', 'TaskSucceeded', 'TaskFailed']);

const transfer = () => ({
  type: 'object-transfer',
  taskId: freshId('stopped'),
  reason: 'to see a stopped task closed',
  parameters: { sourceKey: 'a', destinationKey: 'a' },
});

/** Stops the task's own execution when it enters the state. */
function stopAt(stack: Deployed, state: string): void {
  const forget = stack.aws.states.onEvent(({ executionArn, event }) => {
    if (event.stateEnteredEventDetails?.name !== state) return;
    forget();
    queueMicrotask(() => stack.aws.states.abort(executionArn));
  });
}

async function stopped(state: string) {
  const stack = await deploy('sample');
  // Without its object the task fails.
  if (state !== 'TaskFailed') stack.put('source', 'a', Buffer.from('a'));
  stopAt(stack, state);
  return { stack, ran: await stack.run(transfer()) };
}

const secretsLeft = (stack: Deployed) =>
  stack.aws.secrets.store
    .all()
    .filter(({ arn }) => arn !== stack.output('DatabaseAdmin'))
    .filter(({ deletedMs, gone }) => deletedMs === undefined && gone === undefined);

describe('Teardown closes a task whose execution is stopped', () => {
  test.each(STATES)('in %s, with exit code 1, a proof and nothing left', async (state) => {
    const { stack, ran } = await stopped(state);
    expect([ran.code, ran.report.executionStatus, ran.report.phase]).toEqual([1, 'ABORTED', 'closed']);
    expect(['refused', 'nothing-issued', 'expired']).toContain(ran.report.proof);
    expect(chainFault(ran.row.boundaryId, ran.events)).toBeUndefined();
    expect(ran.events.at(-1)?.type).toBe('boundary.closed');
    expect(ran.row.teardown?.attempt).toBe(CLOSED_BEFORE.has(state) ? undefined : 1);
    expect(secretsLeft(stack)).toEqual([]);
  });

  test('when the status event is lost, started by the schedule', async () => {
    const stack = await deploy('sample');
    stack.put('source', 'a', Buffer.from('a'));
    stack.aws.events.delivery = () => [];
    stopAt(stack, 'RunWork');
    const ran = await stack.run(transfer());
    expect([ran.code, ran.report.phase, ran.report.proof]).toEqual([1, 'closed', 'refused']);
  });

  test('once when the status event comes three times', async () => {
    const stack = await deploy('sample');
    stack.put('source', 'a', Buffer.from('a'));
    stack.aws.events.delivery = () => [0, 0, 30_000];
    stopAt(stack, 'RunWork');
    const ran = await stack.run(transfer());
    expect([ran.code, ran.report.phase]).toEqual([1, 'closed']);
    const teardowns = stack.aws.states
      .executions()
      .filter(({ stateMachineArn }) => stateMachineArn.includes('Teardown'));
    expect(teardowns).toHaveLength(1);
  });
});

describe('reconcile', () => {
  test('removes a deny after its deadline and not before, and the row is no longer due', async () => {
    const stack = await deploy('sample');
    stack.put('source', 'a', Buffer.from('a'));
    const { row } = await stack.run(transfer());
    const denies = () =>
      stack.aws.iam
        .roles()
        .flatMap((role) => stack.aws.iam.inlinePolicies(role.name, stack.aws.clock.nowMs()))
        .map(({ name }) => name)
        .filter((name) => name.startsWith('taskbound-deny-'));
    const deadlineMs = row.deny?.deadlineMs ?? 0;
    expect(denies()).toEqual([row.deny?.policyName]);
    await stack.aws.clock.sleep(deadlineMs - stack.aws.clock.nowMs());
    await runSchedulesFor(stack, 0.5);
    expect(denies()).toHaveLength(1);
    await runSchedulesFor(stack, SWEEP_MARGIN_MS / 60_000 + 2);
    expect(denies()).toEqual([]);
    const after = await new StackRecords(stack.connection.config, stack.connection.manifest).row(
      row.boundaryId,
    );
    expect(after?.sweptAtMs).toBeGreaterThan(deadlineMs);
    expect(after?.dueAtMs).toBeUndefined();
  });

  test('starts a task whose execution was never started', async () => {
    const stack = await deploy('sample');
    stack.put('source', 'a', Buffer.from('a'));
    let refusals = 0;
    stack.aws.intercept = ({ operation }) => {
      if (operation !== 'StartExecution' || refusals >= 3) return 'proceed';
      refusals += 1;
      return { refuse: { name: 'ServiceUnavailable', message: 'down for a while', status: 503 } };
    };
    const ran = await stack.run(transfer()).catch((error: Error) => error);
    if (ran instanceof Error) throw ran;
    expect([ran.code, ran.report.phase]).toEqual([0, 'closed']);
  });
});
