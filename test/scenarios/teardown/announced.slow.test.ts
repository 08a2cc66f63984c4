import { describe, expect, test } from 'vitest';
import { boundaryClosed, boundaryUnproven } from '../../../core/operations/bus-events.ts';
import { SWEEP_MARGIN_MS } from '../../../core/ledger/due.ts';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import type { Secret } from 'taskbound-local/secrets/secret-store';
import type { Verdict } from 'taskbound-local/gateway/intercept';
import { deploy, freshId, type Deployed } from '../deployed.ts';
import { forbid, intercept, rowOf, whenEntering } from '../evidence/meddle.ts';
import { interceptPutEvents, runSchedulesFor, publishedEvents } from './signals.ts';

const MINUTE_MS = 60_000;

const transfer = (sourceKey = 'a') => ({
  type: 'object-transfer',
  taskId: freshId('announced'),
  reason: 'to hear of its end',
  parameters: { sourceKey, destinationKey: 'b' },
});

async function deployed(): Promise<Deployed> {
  const stack = await deploy('sample');
  stack.put('source', 'a', Buffer.from('a'));
  return stack;
}

const closingMs = (row: LedgerRow) => (row.closedAtMs ?? NaN) - (row.proof?.provenAtMs ?? NaN);

/** EventBridge accepts the request and refuses the entry in it. */
function refuseEntries(stack: Deployed): () => void {
  const answer = {
    FailedEntryCount: 1,
    Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'not this one' }],
  };
  return intercept(stack.aws.events, async () => ({
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: Buffer.from(JSON.stringify(answer)),
  }));
}

describe('the close of a boundary', () => {
  test.each([
    ['that succeeded', 'a', 'succeeded', 'refused'],
    ['that failed', 'missing', 'failed', 'refused'],
  ])('%s is announced once, when it closes', async (_how, key, outcome, proof) => {
    const stack = await deployed();
    const { row } = await stack.run(transfer(key));
    await runSchedulesFor(stack, 5);
    const events = publishedEvents(stack, row.boundaryId);
    expect(events).toMatchObject([{ type: 'boundary.closed', detail: { outcome, proof } }]);
    const detail = boundaryClosed.parse(events[0]?.detail);
    expect(Date.parse(detail.closedAt)).toBe(row.closedAtMs);
    expect(row.announcedAtMs).toBeGreaterThanOrEqual(row.closedAtMs ?? Infinity);
  });

  const outages: readonly (readonly [string, (stack: Deployed) => () => void])[] = [
    ['is down', (stack) => interceptPutEvents(stack, 'CloseBoundary')],
    [
      'is not allowed',
      (stack) => interceptPutEvents(stack, 'CloseBoundary', refused('AccessDeniedException')),
    ],
    ['hangs', (stack) => interceptPutEvents(stack, 'CloseBoundary', { delayMs: 60 * MINUTE_MS })],
    ['refuses the entry', refuseEntries],
  ];
  test.each(outages)('is in time while EventBridge %s, and is announced later, once', async (_how, begin) => {
    const stack = await deployed();
    const end = begin(stack);
    const { code, report, row } = await stack.run(transfer());
    expect([code, report.phase, report.proof]).toEqual([0, 'closed', 'refused']);
    expect(closingMs(row)).toBeLessThan(10_000);
    expect([row.announcedAtMs, row.dueAtMs]).toEqual([undefined, (row.closedAtMs ?? 0) + SWEEP_MARGIN_MS]);
    expect(publishedEvents(stack, row.boundaryId)).toEqual([]);
    end();
    await runSchedulesFor(stack, 3);
    const later = await rowOf(stack, row.boundaryId);
    expect(later.announcedAtMs).toBeGreaterThan(row.closedAtMs ?? Infinity);
    expect(publishedEvents(stack, row.boundaryId)).toMatchObject([
      { type: 'boundary.closed', detail: { closedAt: new Date(row.closedAtMs ?? 0).toISOString() } },
    ]);
  });

  test('is announced when nothing must be swept', async () => {
    const stack = await deployed();
    const end = interceptPutEvents(stack, 'CloseBoundary');
    await forbid(stack, 'IssueSecret', ['dynamodb:GetItem']);
    const { row } = await stack.run(transfer());
    end();
    expect([row.proof?.kind, row.announcedAtMs]).toEqual(['nothing-issued', undefined]);
    await runSchedulesFor(stack, 3);
    expect(publishedEvents(stack, row.boundaryId)).toHaveLength(1);
    expect((await rowOf(stack, row.boundaryId)).dueAtMs).toBeUndefined();
  });

  test('is announced after a long outage of EventBridge, during which the deny is removed in time', async () => {
    const stack = await deployed();
    const end = interceptPutEvents(stack, 'Control');
    const { row } = await stack.run(transfer());
    await runSchedulesFor(stack, 12);
    const swept = await rowOf(stack, row.boundaryId);
    expect(swept.sweptAtMs).toBeLessThan((row.deny?.deadlineMs ?? 0) + SWEEP_MARGIN_MS + 6 * MINUTE_MS);
    expect([swept.announcedAtMs, swept.postponed?.because]).toEqual([
      undefined,
      expect.stringMatching(/NotAnnounced.*ServiceUnavailable/),
    ]);
    end();
    await runSchedulesFor(stack, 7);
    expect(publishedEvents(stack, row.boundaryId)).toHaveLength(1);
    expect((await rowOf(stack, row.boundaryId)).dueAtMs).toBeUndefined();
  });

  test('is announced in time after a lost answer, possibly twice with the same event', async () => {
    const stack = await deployed();
    interceptPutEvents(stack, 'CloseBoundary', { loseAnswer: true });
    const { row } = await stack.run(transfer());
    stack.aws.intercept = undefined;
    await runSchedulesFor(stack, 3);
    const words = publishedEvents(stack, row.boundaryId).map((event) => JSON.stringify(event));
    expect(words.length).toBeGreaterThan(0);
    expect(new Set(words).size).toBe(1);
  });
});

const refused = (name: string): Verdict => ({
  refuse: { name, message: 'refused by the scenario', status: 403 },
});

/** Changes the value of the task's session secret, so that no execution can prove anything. The returned value is used to restore it. */
function breakSession(stack: Deployed, taskId: string): () => void {
  const session = stack.aws.secrets.store
    .all()
    .find(({ name }) => name.includes(taskId) && name.endsWith('/session'));
  if (session === undefined) throw new Error('There is no session secret.');
  const versions = new Map(session.versions);
  for (const [id, version] of versions) session.versions.set(id, { ...version, value: 'spoiled' });
  return () => restore(session, versions);
}

function restore(session: Secret, versions: Secret['versions']): void {
  for (const [id, version] of versions) session.versions.set(id, version);
}

describe('an execution that gives up', () => {
  test('is announced at once, and Teardown closes the boundary, which is also announced', async () => {
    const stack = await deployed();
    const request = transfer();
    whenEntering(stack, 'ProveRevoked', () => {
      const heal = breakSession(stack, request.taskId);
      whenEntering(stack, 'BoundaryUnproven', heal);
    });
    const { row } = await stack.run(request);
    await runSchedulesFor(stack, 3);
    const events = publishedEvents(stack, row.boundaryId);
    expect(events.map(({ type, detail }) => [type, detail['attempt']])).toEqual([
      ['boundary.unproven', 0],
      ['boundary.closed', undefined],
    ]);
    const unproven = boundaryUnproven.parse(events[0]?.detail);
    expect([unproven.executionArn, unproven.phase]).toEqual([row.executionArn, 'revoked']);
    expect(row.teardown?.attempt).toBe(1);
  });

  test('is announced once for each execution, even if its end is reported repeatedly', async () => {
    const stack = await deployed();
    const request = transfer();
    whenEntering(stack, 'ProveRevoked', () => {
      const heal = breakSession(stack, request.taskId);
      stack.aws.clock.setTimer(5 * MINUTE_MS, heal);
    });
    stack.aws.events.delivery = () => [0, 0, 1_000];
    const { row } = await stack.run(request);
    await runSchedulesFor(stack, 10);
    const attempts = publishedEvents(stack, row.boundaryId)
      .filter(({ type }) => type === 'boundary.unproven')
      .map(({ detail }) => detail['attempt']);
    const last = await rowOf(stack, row.boundaryId);
    expect(last.phase).toBe('closed');
    expect(new Set(attempts)).toEqual(
      new Set(Array.from({ length: last.teardown?.attempt ?? 0 }, (_, n) => n)),
    );
  });

  test('is followed by the next one while EventBridge is down, and is announced later', async () => {
    const stack = await deployed();
    const request = transfer();
    whenEntering(stack, 'ProveRevoked', () => {
      const heal = breakSession(stack, request.taskId);
      whenEntering(stack, 'BoundaryUnproven', () => {
        heal();
        void forbid(stack, 'ProveRevoked', ['secretsmanager:DescribeSecret']).then((allow) =>
          stack.aws.clock.setTimer(10 * MINUTE_MS, allow),
        );
      });
    });
    const end = interceptPutEvents(stack, 'Control');
    const running = stack.run(request);
    await stack.aws.clock.sleep(2 * MINUTE_MS);
    const boundaryId = `${request.type}.${request.taskId}`;
    const meanwhile = await rowOf(stack, boundaryId);
    expect(meanwhile).toMatchObject({ phase: 'revoked', teardown: { attempt: 1 }, unproven: { attempt: 0 } });
    expect(meanwhile.unproven?.announcedAtMs).toBeUndefined();
    expect(meanwhile.teardown?.intendedAtMs).toBeLessThan((meanwhile.unproven?.gaveUpAtMs ?? 0) + 4_000);
    end();
    await running;
    await runSchedulesFor(stack, 12);
    expect(publishedEvents(stack, boundaryId).map(({ type }) => type)).toEqual([
      'boundary.unproven',
      'boundary.closed',
    ]);
  });

  test('is no longer announced when the boundary is closed', async () => {
    const stack = await deployed();
    const request = transfer();
    whenEntering(stack, 'ProveRevoked', () => {
      const heal = breakSession(stack, request.taskId);
      whenEntering(stack, 'BoundaryUnproven', heal);
    });
    const end = interceptPutEvents(stack, 'Control');
    const { row } = await stack.run(request);
    end();
    await runSchedulesFor(stack, 7);
    expect(publishedEvents(stack, row.boundaryId).map(({ type }) => type)).toEqual(['boundary.closed']);
  });
});
