import { describe, expect, onTestFinished, test } from 'vitest';
import type { Gauge } from '../../../core/operations/metrics.ts';
import { deploy, freshId, type Deployed } from '../deployed.ts';
import { forbid, post, rowOf, type ControlName } from '../evidence/meddle.ts';
import { gauges, runSchedulesFor, secondsToProvenValues } from './signals.ts';

const MINUTE_MS = 60_000;

const DENIED = {
  refuse: { name: 'AccessDeniedException', message: 'refused by the scenario', status: 403 },
} as const;

const transfer = () => ({
  type: 'object-transfer',
  taskId: freshId('gauged'),
  reason: 'to be counted',
  parameters: { sourceKey: 'a', destinationKey: 'b' },
});

async function deployed(): Promise<Deployed> {
  const stack = await deploy('sample');
  stack.put('source', 'a', Buffer.from('a'));
  return stack;
}

/** Runs one task while an action is denied for some minutes. The schedule runs until the end. */
async function inTrouble(name: ControlName, action: string, forMinutes: number) {
  const stack = await deployed();
  const allow = await forbid(stack, name, [action]);
  stack.aws.clock.setTimer(forMinutes * MINUTE_MS, allow);
  const request = transfer();
  await post(stack, JSON.stringify(request));
  await runSchedulesFor(stack, forMinutes + 15);
  const row = await rowOf(stack, `${request.type}.${request.taskId}`);
  expect(row.phase).toBe('closed');
  const seen = (gauge: Gauge) =>
    gauges(stack)
      .filter((run) => run[gauge] > 0)
      .map((run) => run.atMs);
  return { stack, row, seen };
}

describe('gauges', () => {
  test('are written by every scheduled run, with 0 when nothing is wrong', async () => {
    const stack = await deployed();
    await stack.run(transfer());
    await runSchedulesFor(stack, 10);
    expect(gauges(stack).length).toBeGreaterThan(8);
    for (const run of gauges(stack))
      expect(run).toMatchObject({
        BoundariesOverdue: 0,
        BoundariesUnproven: 0,
        SecretsUnrevoked: 0,
        DeniesNotEffective: 0,
      });
  });

  /** The maximum time between two runs that counted it, because every run checks a row in trouble. */
  const expectSteady = (times: readonly number[]) => {
    const pauses = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
    expect(Math.max(...pauses)).toBeLessThan(1.5 * MINUTE_MS);
  };

  test('count a secret that cannot be destroyed in every run until it is, although the tail keeps writing the row', async () => {
    const { stack, row, seen } = await inTrouble('RevokeAndRecord', 'secretsmanager:DeleteSecret', 14);
    const times = seen('SecretsUnrevoked');
    const fromMs = row.revokingAtMs ?? 0;
    expect(times.length).toBeGreaterThan(9);
    expectSteady(times);
    expect(times[0]).toBeLessThan(fromMs + 4 * MINUTE_MS);
    expect(times.at(-1)).toBeLessThanOrEqual(row.closedAtMs ?? 0);
    const overdue = seen('BoundariesOverdue');
    expect(overdue.length).toBeGreaterThan(1);
    expectSteady(overdue);
    expect(overdue[0]).toBeGreaterThan(fromMs + 10 * MINUTE_MS);
    expect(gauges(stack).at(-1)).toMatchObject({ SecretsUnrevoked: 0, BoundariesOverdue: 0 });
  });

  test('count a deny that IAM refused until the boundary closes after the deadline', async () => {
    const { row, seen } = await inTrouble('RevokeAndRecord', 'iam:PutRolePolicy', 1);
    const times = seen('DeniesNotEffective');
    expect(times.length).toBeGreaterThan(0);
    expectSteady([0, ...times].slice(1));
    expect(times.at(-1)).toBeLessThanOrEqual(row.closedAtMs ?? 0);
    expect(seen('BoundariesOverdue')).toEqual([]);
  });

  test('count a row whose check fails', async () => {
    const stack = await deployed();
    // The clock stops here, because this boundary can never be proven and is torn down repeatedly.
    onTestFinished(() => void stack.aws.clock.hold());
    await forbid(stack, 'ProveRevoked', ['dynamodb:GetItem']);
    const request = transfer();
    await post(stack, JSON.stringify(request));
    stack.aws.intercept = ({ operation, caller }) =>
      operation === 'DescribeExecution' && caller.arn.includes('Reconcile')
        ? { refuse: { name: 'ServiceUnavailable', message: 'down for a while', status: 503 } }
        : 'proceed';
    await runSchedulesFor(stack, 40);
    const times = gauges(stack)
      .filter((run) => run.BoundariesOverdue === 1)
      .map(({ atMs }) => atMs);
    const pauses = times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0));
    expect(times.length).toBeGreaterThan(4);
    expect(Math.max(...pauses)).toBeLessThan(8 * MINUTE_MS);
  });

  test('count an unreadable row as overdue and not as healthy', async () => {
    const stack = await deployed();
    await stack.run(transfer());
    stack.aws.intercept = ({ operation, caller }) =>
      operation === 'GetItem' && caller.arn.includes('Reconcile') ? DENIED : 'proceed';
    await runSchedulesFor(stack, 5);
    expect(gauges(stack).at(-1)).toMatchObject({ BoundariesOverdue: 1, SecretsUnrevoked: 0 });
    stack.aws.intercept = undefined;
    await runSchedulesFor(stack, 2);
    expect(gauges(stack).at(-1)).toMatchObject({ BoundariesOverdue: 0 });
  });

  test('are not written by a run that cannot query the due rows, so that the alarm for missing metrics goes on', async () => {
    const stack = await deployed();
    await runSchedulesFor(stack, 2.5);
    const before = gauges(stack).length;
    stack.aws.intercept = ({ operation, caller }) =>
      operation === 'Query' && caller.arn.includes('Reconcile') ? DENIED : 'proceed';
    await runSchedulesFor(stack, 3);
    expect(before).toBeGreaterThan(0);
    expect(gauges(stack)).toHaveLength(before);
  });
});

describe('seconds to proven', () => {
  test('are written once for each boundary and counted from the end of its work', async () => {
    const stack = await deployed();
    const { row } = await stack.run(transfer());
    await runSchedulesFor(stack, 5);
    const seconds = ((row.proof?.provenAtMs ?? 0) - (row.revokingAtMs ?? 0)) / 1000;
    expect(secondsToProvenValues(stack)).toEqual([seconds]);
    expect(seconds).toBeGreaterThan(2);
  });
});
