import { RedriveExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { exitCodeOf } from '../../../cli/errors.ts';
import { chainFault } from 'taskbound-evidence/chain/evidence';
import { boundaryIdOf } from 'taskbound-evidence/names/ids';
import { deploy, freshId, type Deployed, type Ran } from '../deployed.ts';
import { runSchedulesFor } from '../teardown/signals.ts';
import { WORK_SECONDS } from '../../fixtures/windowed-stack.ts';
import {
  call,
  submitWithoutStarting,
  deployTypeChange,
  rowOf,
  sessionsOf,
  tracesOf,
  typesOf,
  whenEntering,
  type Request,
} from '../evidence/meddle.ts';

const MINUTE_MS = 60_000;
const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

let stack: Deployed;
beforeAll(async () => {
  stack = await deploy('windowed');
});

/** The next whole minute plus the given number of minutes. */
const inMinutes = (count: number): number =>
  Math.ceil(stack.aws.clock.nowMs() / MINUTE_MS) * MINUTE_MS + count * MINUTE_MS;

const sleepUntil = (ms: number): Promise<void> => stack.aws.clock.sleep(ms - stack.aws.clock.nowMs());

const windowed = (window: Request['window'], type = 'windowed'): Request => ({
  type,
  taskId: freshId('window'),
  reason: 'to see a window kept',
  parameters: { how: 'succeed' },
  ...(window && { window }),
});
const between = (opensAtMs: number, closesAtMs: number) => ({
  opensAt: iso(opensAtMs),
  closesAt: iso(closesAtMs),
});

const statesOf = (ran: Ran): string[] =>
  ran.history.flatMap((event) => event.stateEnteredEventDetails?.name ?? []);

const EFFECTS = ['CreateSecret', 'PutSecretValue', 'AssumeRole', 'PutRolePolicy'];
/** All calls of the control plane so far that could give access to a task. */
const effects = (boundaryId: string): string[] =>
  stack.aws.trail
    .filter((record) => JSON.stringify(record.requestParameters ?? {}).includes(boundaryId))
    .map((record) => record.eventName)
    .filter((name) => EFFECTS.includes(name));

function expectNothingIssued(ran: Ran): void {
  expect([ran.code, ran.report.phase, ran.report.proof]).toEqual([1, 'closed', 'nothing-issued']);
  expect(ran.row.leases).toEqual([]);
  expect(ran.row.secrets.map(({ state }) => state)).toEqual(['planned']);
  expect(sessionsOf(stack, ran.row.boundaryId)).toEqual([]);
  expect(chainFault(ran.row.boundaryId, ran.events)).toBeUndefined();
  expect(typesOf(ran.events)).not.toContain('identity.issued');
  expect(ran.events.at(-1)?.type).toBe('boundary.closed');
}

function expectRejected(ran: Ran, because: RegExp): void {
  expectNothingIssued(ran);
  expect(ran.report.error).toMatch(/^TaskRejected: /);
  expect(ran.report.error).toMatch(because);
  expect(typesOf(ran.events).filter((type) => type === 'task.rejected')).toHaveLength(1);
}

describe('a task whose window has not opened', () => {
  test('waits without any credential, and runs when the window opens, with a lease that ends with the window', async () => {
    const [opensAtMs, closesAtMs] = [inMinutes(10), inMinutes(12)];
    const request = windowed(between(opensAtMs, closesAtMs));
    const boundaryId = boundaryIdOf(request.type, request.taskId);
    const seen = sleepUntil(opensAtMs - 1000).then(async () => ({
      row: await rowOf(stack, boundaryId),
      effects: effects(boundaryId),
    }));
    const ran = await stack.run(request);
    const { row, effects: before } = await seen;
    expect([row.phase, row.leases, row.secrets.map(({ state }) => state)]).toEqual([
      'admitted',
      [],
      ['planned'],
    ]);
    expect(before).toEqual([]);
    expect(effects(boundaryId)).toContain('CreateSecret');
    expect(sessionsOf(stack, boundaryId)).toHaveLength(1);

    expect([ran.code, ran.report.proof]).toEqual([0, 'refused']);
    expect(statesOf(ran).slice(0, 6)).toEqual([
      'Admit',
      'WindowOpen',
      'AwaitWindow',
      'Admit',
      'WindowOpen',
      'Issue password',
    ]);
    expect(typesOf(ran.events).filter((type) => type === 'task.admitted')).toHaveLength(1);
    expect(ran.row.leases.map(({ intendedAtMs }) => intendedAtMs >= opensAtMs)).toEqual([true]);
    expect(ran.row.leases.map(({ deadlineMs }) => deadlineMs)).toEqual([closesAtMs]);
    expect(ran.progress).toMatch(/AwaitWindow until 2026.*Z, when its window opens \(in \d.*no credential/);
    expect(ran.events[0]?.data['window']).toEqual({
      opensAt: new Date(opensAtMs).toISOString(),
      closesAt: new Date(closesAtMs).toISOString(),
    });
  });

  test('is rejected at the opening when its type changed meanwhile', async () => {
    whenEntering(stack, 'AwaitWindow', () =>
      onTestFinished(
        deployTypeChange(stack, 'windowed', (old) => ({ ...old, workVersionArn: `${old.workVersionArn}0` })),
      ),
    );
    const ran = await stack.run(windowed(between(inMinutes(10), inMinutes(60))));
    expectRejected(ran, /grant digest/);
    expect(typesOf(ran.events)).toContain('task.admitted');
  });

  test('is rejected when only the hours of its type changed meanwhile', async () => {
    whenEntering(stack, 'AwaitWindow', () =>
      onTestFinished(deployTypeChange(stack, 'windowed', (old) => ({ ...old, window: null }))),
    );
    expectRejected(await stack.run(windowed(between(inMinutes(10), inMinutes(60)))), /grant digest/);
  });

  test('is closed at once without a credential when it is stopped, and a redrive does not change that', async () => {
    const opensAtMs = inMinutes(60);
    const forget = stack.aws.states.onEvent(({ executionArn, event }) => {
      if (event.stateEnteredEventDetails?.name !== 'AwaitWindow') return;
      forget();
      queueMicrotask(() => stack.aws.states.abort(executionArn));
    });
    const ran = await stack.run(windowed(between(opensAtMs, inMinutes(120))));
    expectNothingIssued(ran);
    expect(ran.report.executionStatus).toBe('ABORTED');
    expect(ran.row.closedAtMs).toBeLessThan(opensAtMs);

    const { executionArn, boundaryId } = ran.row;
    const sfn = new SFNClient({ ...stack.connection.config });
    await sfn.send(new RedriveExecutionCommand({ executionArn }));
    await sleepUntil(opensAtMs + 5 * MINUTE_MS);
    expect((await stack.execution(executionArn)).status).toBe('FAILED');
    const states = (await stack.history(executionArn)).flatMap(
      (event) => event.stateEnteredEventDetails?.name ?? [],
    );
    expect(states).not.toContain('Issue password');
    expect(effects(boundaryId)).toEqual([]);
    expect((await rowOf(stack, boundaryId)).phase).toBe('closed');
  });

  test('is rejected when it could not be started until the window had closed', async () => {
    const [opensAtMs, closesAtMs] = [inMinutes(1), inMinutes(3)];
    const request = windowed(between(opensAtMs, closesAtMs));
    expect((await submitWithoutStarting(stack, request)).phase).toBe('approved');
    await sleepUntil(closesAtMs);
    expectRejected(await stack.run(request), /its window closed at/);
  });
});

describe('the issuing functions refuse', () => {
  const secret = { secret: 'password' };

  test('every caller before the window opens, and later when the work no longer fits', async () => {
    const [opensAtMs, closesAtMs] = [inMinutes(2), inMinutes(4)];
    const request = windowed(between(opensAtMs, closesAtMs));
    const row = await submitWithoutStarting(stack, request);
    expect((await call(stack, 'Admit', row)).payload).toEqual({
      boundaryId: row.boundaryId,
      waitUntil: new Date(opensAtMs).toISOString(),
    });
    for (const [name, more] of [
      ['IssueSecret', secret],
      ['IssueIdentity', {}],
    ] as const)
      expect(await call(stack, name, row, more)).toMatchObject({
        name: 'WindowNotOpen',
        message: expect.stringContaining(`its window opens at ${iso(opensAtMs)}`),
      });
    expect(effects(row.boundaryId)).toEqual([]);

    await sleepUntil(closesAtMs - (WORK_SECONDS - 1) * 1000);
    expect((await call(stack, 'IssueIdentity', row)).message).toMatch(
      /leaves 29 s before .*the work needs 30 s/,
    );
    expect(sessionsOf(stack, row.boundaryId)).toEqual([]);
    await sleepUntil(closesAtMs);
    // It is refused again, and the first reason is kept.
    expect(await call(stack, 'IssueSecret', row, secret)).toMatchObject({
      name: 'TaskRejected',
      message: expect.stringMatching(/leaves 29 s before/),
    });
    expect(effects(row.boundaryId)).toEqual([]);
    // No execution owns it, which reconcile finds.
    await runSchedulesFor(stack, 4);
    const { phase, proof } = await rowOf(stack, row.boundaryId);
    expect([phase, proof?.kind]).toEqual(['closed', 'nothing-issued']);
  });
});

describe('Admit rejects and records a task whose window is', () => {
  test.each<[string, () => Request['window'], RegExp]>([
    [
      'in the past',
      () => between(inMinutes(-120), inMinutes(-60)),
      /its window closed at .*Z; it is .*Z now/,
    ],
    [
      'open for too short a time',
      () => between(inMinutes(10), inMinutes(10) + 59_000),
      /leaves 59 s.*needs 60 s/,
    ],
    [
      'about to close',
      () => between(inMinutes(-120), stack.aws.clock.nowMs() + 50_000),
      /leaves \d+ s before it closes.*needs 60 s/,
    ],
  ])('%s', async (_what, window, because) => {
    const ran = await stack.run(windowed(window()));
    expectRejected(ran, because);
    expect(statesOf(ran)).not.toContain('AwaitWindow');
  });

  test('a task whose window is open runs at once', async () => {
    const ran = await stack.run(windowed(between(inMinutes(-60), inMinutes(2))));
    expect(ran.code).toBe(0);
    expect(statesOf(ran)).not.toContain('AwaitWindow');
  });
});

describe('a request with a malformed window creates no task', () => {
  test.each<[string, Partial<Request>, RegExp]>([
    ['missing', {}, /Field window is missing; a request for windowed must contain one/],
    ['reversed', { window: between(inFuture(2), inFuture(1)) }, /must close after it opens/],
    ['empty', { window: between(inFuture(1), inFuture(1)) }, /must close after it opens/],
    ['open for too many days', { window: between(inFuture(1), inFuture(60)) }, /open for at most 31 days/],
    [
      'far ahead',
      { window: between(inFuture(91), inFuture(92)) },
      /opens in 9\d days; allowed: at most 90 days/,
    ],
    [
      'for a type with fixed hours',
      { type: 'nightly', window: between(inFuture(1), inFuture(2)) },
      /nightly has fixed hours: monday, .*friday from 22:00 to 02:00, Europe\/Berlin/,
    ],
  ])('and exits with 2: %s', async (_what, change, message) => {
    const request = { ...windowed(undefined), ...change };
    const error: unknown = await stack.run(request).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'MalformedRequest', message: expect.stringMatching(message) });
    expect(exitCodeOf(error)).toBe(2);
    expect(await tracesOf(stack, boundaryIdOf(request.type, request.taskId))).toEqual([]);
  });

  /** Days after the day on which the tests begin, by the virtual clock. */
  function inFuture(days: number): number {
    return Date.UTC(2026, 10, 24 + days, 12, 0, 0);
  }
});

describe('a type with fixed hours', () => {
  test('gives its task the next window and runs it in that window', async () => {
    // An hour and a quarter before 22:00 in Berlin. Nothing runs until then.
    await sleepUntil(Date.UTC(2026, 10, 23, 19, 45, 0));
    const request = windowed(undefined, 'nightly');
    const ran = await stack.run(request);
    expect(ran.code).toBe(0);
    const window = ran.row.window ?? { opensAtMs: 0, closesAtMs: 0 };
    expect(iso(window.opensAtMs)).toBe('2026-11-23T21:00:00Z');
    expect(window.closesAtMs - window.opensAtMs).toBe(4 * 60 * MINUTE_MS);
    expect(ran.row.leases.every(({ intendedAtMs }) => intendedAtMs >= window.opensAtMs)).toBe(true);
    // Reconcile checks the task once an hour while it waits, and not every minute.
    expect(ran.row.revision).toBeLessThan(20);
    // The existing task is returned, even if a new one would get another window.
    expect((await stack.run(request)).row).toEqual(ran.row);
    const again = await stack.run(windowed(undefined, 'nightly'));
    expect(again.row.window).toEqual(window);
    expect(statesOf(again)).not.toContain('AwaitWindow');
  });
});
