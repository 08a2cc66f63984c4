import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../../cli/errors.ts';
import { findRow, post, rowOf, tracesOf } from '../evidence/meddle.ts';
import {
  asOwner,
  begin,
  boundaryOf,
  denies,
  drain,
  drainText,
  markerIn,
  sample,
  SETTLE_MS,
  slowWork,
  transfer,
} from './draining.ts';

describe('a drain of a stack without open tasks', () => {
  test('is safe when no request can be in progress any more, and the stack refuses new tasks', async () => {
    const stack = await sample();
    const { code, report, tookMs, stderr } = await drain(stack, { reason: 'to be deleted' });
    expect([code, tookMs]).toEqual([0, SETTLE_MS]);
    expect(report).toEqual({
      stack: 'Taskbound',
      draining: true,
      safe: true,
      ended: [],
      open: [],
      waitingForDeny: [],
      marker: {
        since: '2026-11-23T10:00:00.000Z',
        by: expect.stringMatching(/^arn:aws:sts::111122223333:assumed-role\/[^/]*Operators[^/]*\/ann$/),
        reason: 'to be deleted',
      },
    });
    expect(stderr).toMatch(
      /^Stack Taskbound accepts no new tasks since 2026-11-23T10:00:00\.000Z \(arn:.*: "to be deleted"\)\n +0\.0 s  nothing is left; .*\n$/,
    );

    const request = transfer();
    const refused: unknown = await stack.run(request).catch((error: unknown) => error);
    expect(exitCodeOf(refused)).toBe(2);
    expect(refused).toMatchObject({
      name: 'StackDraining',
      message: expect.stringMatching(
        /^Stack Taskbound takes no new tasks: it has been draining since 2026-11-23T10:00:00\.000Z, by "arn:.*" because of "to be deleted"; allowed: tasks that exist already\. No task was created\. Submit it again after taskbound drain --resume\.$/,
      ),
    });
    expect(await tracesOf(stack, boundaryOf(request))).toEqual([]);
    expect(await post(stack, JSON.stringify(request))).toMatchObject({ status: 409, error: 'StackDraining' });
  });

  test('ends with --resume, which can be repeated', async () => {
    const stack = await sample();
    await drain(stack);
    const { code, report, tookMs } = await drain(stack, { resume: true });
    expect([code, tookMs]).toEqual([0, 0]);
    expect(report).toEqual({
      ...{ stack: 'Taskbound', draining: false, safe: false, marker: null },
      ...{ ended: [], open: [], waitingForDeny: [] },
    });
    expect(await markerIn(stack)).toBeUndefined();
    expect(await drainText(stack, { resume: true })).toBe(
      'Stack Taskbound was not draining; nothing was changed.\n',
    );
    expect((await stack.run(transfer())).code).toBe(0);
  });

  test('shows a person the state and the next step', async () => {
    const stack = await sample();
    expect(await drainText(stack)).toBe(
      [
        'Stack  Taskbound',
        'Safe   yes: every boundary is closed, every deny is lifted, and no task can be added',
        'Next   delete it (npx cdk destroy), or accept tasks again with taskbound drain --resume --stack Taskbound',
        '',
      ].join('\n'),
    );
    expect(await drainText(stack, { resume: true })).toBe('Stack Taskbound accepts tasks again.\n');
    expect(await drainText(stack, { timeout: 0 })).toMatch(
      /^Next +run taskbound drain again for at least 40 seconds/m,
    );
  });
});

describe('a task that exists when the drain begins', () => {
  test('runs to its end, and the stack is safe only when its deny is removed', async () => {
    const stack = await sample();
    stack.aws.intercept = slowWork(20_000);
    const request = transfer();
    await begin(stack, request);
    const { code, report, stderr } = await drain(stack);
    expect([code, report.safe, report.ended]).toEqual([0, true, []]);
    const row = await rowOf(stack, boundaryOf(request));
    expect([row.phase, row.outcome, row.proof?.kind]).toEqual(['closed', 'succeeded', 'refused']);
    expect(row.sweptAtMs).toBeGreaterThan(row.deny?.deadlineMs ?? Infinity);
    expect(denies(stack)).toEqual([]);
    const seen = stderr.split('\n').map((line) => line.replace(/^ +[\d.]+ (s|min( \d+ s)?) +/, ''));
    expect(seen).toContain('1 boundary not closed (1 open)');
    expect(seen).toContainEqual(
      expect.stringMatching(/^1 deny to be lifted, by 2026-11-23T10:0\d:\d\d\.\d{3}Z if nothing fails$/),
    );
    expect(seen.at(-2)).toMatch(/^nothing is left/);
    // Each message is printed once, although the state is checked repeatedly.
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('is stopped with --end, and closed by Teardown', async () => {
    const stack = await sample();
    stack.aws.intercept = slowWork(50_000);
    const [one, two] = [transfer(), transfer()];
    await begin(stack, one);
    await begin(stack, two);
    const { code, report } = await drain(stack, { end: true, reason: 'goodbye' });
    expect(code).toBe(0);
    expect(report.ended).toEqual([boundaryOf(one), boundaryOf(two)].sort());
    for (const request of [one, two]) {
      const row = await rowOf(stack, boundaryOf(request));
      expect([row.phase, row.outcome, row.teardown?.attempt]).toEqual(['closed', 'failed', 1]);
      expect(await stack.execution(row.executionArn)).toMatchObject({
        ...{ status: 'ABORTED', error: 'Drained', cause: 'taskbound drain --end: goodbye' },
      });
    }
    expect(denies(stack)).toEqual([]);
    const stops = stack.aws.trail.filter(({ eventName }) => eventName === 'StopExecution');
    expect(stops).toHaveLength(2);
  });

  test('is returned when its request is repeated, and its id is taken for another request', async () => {
    const stack = await sample();
    stack.aws.intercept = slowWork(50_000);
    const request = transfer();
    await begin(stack, request);
    await drain(stack, { timeout: 0 });
    const again = await post(stack, JSON.stringify(request));
    expect([again.status, JSON.parse(again.text)]).toMatchObject([200, { created: false, phase: 'open' }]);
    const other = await post(stack, JSON.stringify({ ...request, reason: 'another' }));
    expect([other.status, other.error]).toEqual([409, 'TaskIdTaken']);
  });

  test('is started or closed, and waited for, when its execution was never started', async () => {
    const stack = await sample();
    stack.aws.intercept = ({ operation, caller }) =>
      operation === 'StartExecution' && caller.arn.includes('Submit')
        ? { refuse: { name: 'AccessDeniedException', message: 'refused by the scenario', status: 400 } }
        : 'proceed';
    const request = transfer();
    expect((await post(stack, JSON.stringify(request))).status).toBe(500);
    const { code, report } = await drain(stack, { end: true });
    expect([code, report.open]).toEqual([0, []]);
    expect((await rowOf(stack, boundaryOf(request))).phase).toBe('closed');
  });
});

describe('a request in progress when the marker is created', () => {
  test('is found when it writes its row, and waited for', async () => {
    const stack = await sample();
    let delayed = false;
    stack.aws.intercept = ({ operation, caller }) => {
      if (delayed || operation !== 'PutItem' || !caller.arn.includes('Submit')) return 'proceed';
      delayed = true;
      return { delayMs: 25_000 };
    };
    const request = transfer();
    const submitted = post(stack, JSON.stringify(request));
    while (!delayed) await new Promise(setImmediate);
    const { code, report, stderr, tookMs } = await drain(stack);
    expect((await submitted).status).toBe(200);
    expect([code, report.safe]).toEqual([0, true]);
    expect(tookMs).toBeGreaterThan(SETTLE_MS);
    const row = await findRow(stack, boundaryOf(request));
    expect([row?.phase, row?.outcome]).toEqual(['closed', 'succeeded']);
    expect(row?.requestedAtMs).toBeLessThan(Date.parse(report.marker?.since ?? '') + 1);
    const [, first, second] = stderr.split('\n');
    expect(first).toMatch(/0\.0 s {2}nothing is left/);
    expect(second).toMatch(/30\.0 s {2}1 (boundary not closed|deny to be lifted)/);
    expect(denies(stack)).toEqual([]);
  });
});

describe('a drain that is not safe in time exits with 1 and names', () => {
  test('a boundary that cannot close', async () => {
    const stack = await sample();
    stack.aws.intercept = ({ operation }) =>
      operation === 'DeleteSecret'
        ? { refuse: { name: 'InternalServiceError', message: 'down', status: 500 } }
        : 'proceed';
    const request = transfer();
    await begin(stack, request);
    const { code, report, tookMs } = await drain(stack, { end: true, timeout: 90 });
    expect([code, tookMs, report.safe, report.draining]).toEqual([1, 90_000, false, true]);
    expect(report.open).toMatchObject([
      {
        boundaryId: boundaryOf(request),
        phase: 'revoking',
        requestedBy: expect.stringContaining('Requesters'),
        credentialsUntil: expect.stringMatching(/^2026-11-23T10:02/),
      },
    ]);
    const text = await drainText(stack, { timeout: 0 });
    expect(text).toContain(`Not closed  ${boundaryOf(request)} is revoking`);
    expect(text).toMatch(/^Safe +NO$/m);
    expect(text).toMatch(/^Next +run taskbound drain again, with --end/m);
  });

  test('a deny that cannot be removed, with the reason', async () => {
    const stack = await sample();
    stack.aws.intercept = ({ operation }) =>
      operation === 'DeleteRolePolicy'
        ? { refuse: { name: 'ServiceFailure', message: 'IAM is down', status: 500 } }
        : 'proceed';
    const request = transfer();
    await begin(stack, request);
    const { code, report } = await drain(stack, { timeout: 900 });
    expect([code, report.open]).toEqual([1, []]);
    expect(report.waitingForDeny).toEqual([
      {
        boundaryId: boundaryOf(request),
        roleName: expect.stringContaining('ObjectTransferTask'),
        policyName: denies(stack)[0],
        liftedBy: expect.stringMatching(/^2026-11-23T10:/),
        error: expect.stringContaining('IAM is down'),
      },
    ]);
    const text = await drainText(stack, { timeout: 0 });
    stack.aws.intercept = undefined;
    expect(text).toMatch(/^Deny in place +object-transfer\.\S+ until \S+: .*IAM is down/m);
    expect(text).toMatch(/^Next +run taskbound drain again; what is left ends by itself$/m);
    expect((await drain(stack)).report.safe).toBe(true);
  });

  test('an unreadable row, which counts as open', async () => {
    const stack = await sample();
    const row = { boundaryId: 'object-transfer.odd', due: 'due', dueAtMs: 1e15, phase: 'ajar' };
    await asOwner(stack).send(
      new PutCommand({ TableName: stack.connection.manifest.ledgerTable, Item: row }),
    );
    const { code, report } = await drain(stack, { end: true, timeout: 60 });
    expect(code).toBe(1);
    expect(report.open).toMatchObject([
      { boundaryId: row.boundaryId, phase: 'unreadable', error: expect.stringContaining(': ') },
    ]);
  });

  test('all open boundaries, also on several pages of the index', async () => {
    const stack = await sample();
    const request = transfer();
    stack.aws.intercept = slowWork(50_000);
    await begin(stack, request);
    const template = await rowOf(stack, boundaryOf(request));
    const ids = Array.from({ length: 250 }, (_, index) => `many-${1000 + index}`);
    for (const taskId of ids) {
      const Item = { ...template, taskId, boundaryId: `object-transfer.${taskId}`, dueAtMs: 1e15 };
      await asOwner(stack).send(new PutCommand({ TableName: stack.connection.manifest.ledgerTable, Item }));
    }
    const { code, report } = await drain(stack, { timeout: 0 });
    expect(code).toBe(1);
    expect(report.open.map(({ boundaryId }) => boundaryId)).toEqual(
      [boundaryOf(request), ...ids.map((taskId) => `object-transfer.${taskId}`)].sort(),
    );
    expect(await drainText(stack, { timeout: 0 })).toContain('and 231 more; --json lists all');
  });
});
