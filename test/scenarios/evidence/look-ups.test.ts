import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { printFound } from '../../../cli/find/find.ts';
import { parseFindQuery, type FindCriteria } from '../../../cli/find/find-query.ts';
import { runTask } from '../../../cli/run/run-task.ts';
import { FIRST_PREV_HASH } from 'taskbound-evidence/chain/evidence';
import { secretName } from 'taskbound-evidence/names/ids';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import { itemOf } from 'taskbound-evidence/lookup/lookup';
import { reviewIdOf } from 'taskbound-evidence/names/review-id';
import { recordingIo } from '../../cli/support.ts';
import { APPROVERS, deploy, freshId, type Deployed } from '../deployed.ts';
import { eventsOf, post, rowOf, type Request } from './meddle.ts';
import { rechained } from './tampering.ts';

/** `taskbound find` on a stack in which two people asked for three tasks, one of them with several leases, one of them an emergency. */

let stack: Deployed;
let handed: LedgerRow;
let approved: LedgerRow;
let emergency: LedgerRow;

beforeAll(async () => {
  stack = await deploy('misbehaving');
  stack.put('source', 'mine', Buffer.from('mine'));
  stack.aws.startSchedules();
  const hands = { how: 'hands-on-values', key: 'mine', target: 'none' };
  handed = await ran('ann', { type: 'misbehaving', taskId: freshId('handed'), parameters: hands });
  const asked = { type: 'approved', parameters: { how: 'succeed' } };
  approved = await ran('Eve', { ...asked, taskId: freshId('approved') }, APPROVERS);
  emergency = await ran('ann', { ...asked, taskId: freshId('emergency'), emergency: 'it burns' });
  const review = { task: reviewIdOf(emergency.boundaryId), decision: 'approve', reason: 'it did' };
  const said = await post(stack, JSON.stringify(review), stack.person('bob', 'Approvers'), 'decideUrl');
  expect(said.status, said.text).toBe(200);
  stack.aws.stopSchedules();
  return () => stack.aws.clock.hold();
}, 60_000);

async function ran(name: string, request: Omit<Request, 'reason'>, approveAs: typeof APPROVERS = []) {
  const connection = { ...stack.connection, as: { name, role: 'Requesters' } };
  const asked = { ...request, reason: 'to be found' };
  const { boundaryId, phase } = await runTask(connection, asked, { out: undefined, io: stack.io, approveAs });
  expect(phase).toBe('closed');
  return rowOf(stack, boundaryId);
}

interface Match {
  readonly boundaryId: string;
  readonly phase: string | null;
  readonly requester: string | null;
  readonly event: { readonly seq: number; readonly type: string } | null;
  readonly confirmed: boolean;
  readonly signed: boolean;
  readonly fault: string | null;
}

/** `taskbound find --json`, as one of the approvers. */
async function found(asked: FindCriteria, limit = 100): Promise<{ found: Match[]; more: boolean }> {
  const { io, written } = recordingIo('/', { clock: stack.aws.clock });
  const connection = { ...stack.connection, as: { name: 'carol', role: 'Approvers' } };
  await printFound(parseFindQuery(asked), { limit, json: true }, connection, io);
  return JSON.parse(written.stdout);
}
const matches = async (asked: FindCriteria): Promise<[string, string | undefined][]> =>
  (await found(asked)).found.map(({ boundaryId, event, confirmed }) => {
    expect(confirmed).toBe(true);
    return [boundaryId, event?.type];
  });

test('find returns the task of every access key that STS issued', async () => {
  const issued = stack.aws.trail
    .filter(({ eventName, requestParameters, errorCode }) => {
      const to = String(requestParameters?.['roleSessionName']);
      return eventName === 'AssumeRole' && errorCode === undefined && to.includes('.');
    })
    .map(({ requestParameters, responseElements }) => ({
      boundaryId: String(requestParameters?.['roleSessionName']),
      key: (responseElements?.['credentials'] as { accessKeyId: string }).accessKeyId,
    }));
  expect(issued.map(({ boundaryId }) => boundaryId)).toEqual([
    handed.boundaryId,
    handed.boundaryId,
    approved.boundaryId,
    emergency.boundaryId,
  ]);
  for (const { boundaryId, key } of issued)
    expect(await matches({ accessKey: key })).toEqual([[boundaryId, 'identity.issued']]);
});

test('find returns nothing for a key of no task', async () => {
  expect(await found({ accessKey: 'ASIAIOSFODNN7EXAMPLE' })).toMatchObject({ found: [], more: false });
});

test('find returns the tasks of a requester in any spelling of the name, with the newest first', async () => {
  expect(await matches({ requester: 'Ann' })).toEqual([
    [emergency.boundaryId, 'task.requested'],
    [handed.boundaryId, 'task.requested'],
  ]);
  expect(await found({ requester: 'eve' })).toMatchObject({
    found: [{ boundaryId: approved.boundaryId, phase: 'closed', requester: 'eve', event: { seq: 1 } }],
  });
});

test('find confirms a closed task by its signature, and a review only by its chain', async () => {
  const { found: shown } = await found({ approver: 'bob' });
  expect(shown.map(({ confirmed, signed }) => [confirmed, signed])).toEqual([
    [true, false],
    [true, true],
  ]);
});

test('find returns the tasks on which a person decided, including reviews of emergencies', async () => {
  expect(await matches({ approver: 'bob' })).toEqual([
    [reviewIdOf(emergency.boundaryId), 'review.decided'],
    [approved.boundaryId, 'approval.granted'],
  ]);
  expect(await matches({ approver: 'carol' })).toEqual([[approved.boundaryId, 'approval.granted']]);
  expect((await found({ approver: 'bob' })).found[0]).toMatchObject({ phase: 'justified', requester: 'ann' });
  expect(await matches({ approver: 'ann' })).toEqual([]);
});

test('find returns the tasks that were requested on a day', async () => {
  expect(await matches({ day: '2026-11-23' })).toEqual(
    [emergency, approved, handed].map(({ boundaryId }) => [boundaryId, 'task.requested']),
  );
  expect(await matches({ day: '2026-11-22' })).toEqual([]);
});

test('find with a limit omits the older tasks and reports it', async () => {
  for (const asked of [{ requester: 'ann' }, { day: '2026-11-23' }])
    expect(await found(asked, 1)).toMatchObject({
      found: [{ boundaryId: emergency.boundaryId }],
      more: true,
    });
  expect(await found({ requester: 'ann' }, 2)).toMatchObject({ found: [{}, {}], more: false });
});

describe('find with a secret', () => {
  const arn = (name: string) => `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${name}-a1B2c3`;

  test('returns the task by the name or ARN of its session secret or a JIT secret', async () => {
    const session = handed.leases[0]?.sessionSecretName ?? '';
    const made = handed.secrets.map(({ secretName: name }) => name);
    expect(made).toHaveLength(2);
    for (const id of [session, arn(session)])
      expect(await matches({ secret: id })).toEqual([[handed.boundaryId, 'identity.issued']]);
    for (const id of made)
      expect(await matches({ secret: arn(id) })).toEqual([[handed.boundaryId, 'secret.issued']]);
  });

  test('does not confirm a name that only looks like one of a task, and finds nothing for a secret of no task', async () => {
    const place = { ...handed, nonce: 'f'.repeat(32) };
    expect((await found({ secret: secretName(place, 'session') })).found).toMatchObject([
      { boundaryId: handed.boundaryId, confirmed: false, event: null, fault: 'none of its events matches' },
    ]);
    const nobody = secretName({ ...place, boundaryId: 'misbehaving.nobody' }, 'session');
    expect((await found({ secret: nobody })).found).toEqual([]);
  });

  test('rejects a secret of another stack', async () => {
    const secret = secretName({ ...handed, stack: 'Elsewhere' }, 'session');
    await expect(found({ secret })).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining('Give --stack Elsewhere'),
    });
  });
});

const putInto = (table: 'ledgerTable' | 'evidenceTable', Item: Record<string, unknown>) =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ ...stack.connection.config })).send(
    new PutCommand({ TableName: stack.connection.manifest[table], Item }),
  );

describe('an unreadable row of the ledger', () => {
  const day = '2026-11-20';
  const fault = 'its ledger item is not a valid row';
  const bad = { boundaryId: 'misbehaving.bad', day, requestedAtMs: 2, phase: 'lost' };

  test('does not hide other tasks of its day', async () => {
    await putInto('ledgerTable', bad);
    await putInto('ledgerTable', { ...handed, boundaryId: 'misbehaving.good', day });
    expect(
      Object.fromEntries((await found({ day })).found.map((match) => [match.boundaryId, match.fault])),
    ).toEqual({
      'misbehaving.good': 'it has no evidence',
      'misbehaving.bad': `it has no evidence; ${fault}`,
    });
  });

  test('is reported as the fault of its match, also in a search by secret', async () => {
    const item = { v: 1, boundaryId: 'drain', seq: 1, lookup: 'key#ASIAOFTHEDRAINMARKER', at: 'now' };
    await putInto('ledgerTable', { boundaryId: 'drain', state: 'draining' });
    await putInto('evidenceTable', item);
    expect((await found({ accessKey: 'ASIAOFTHEDRAINMARKER' })).found).toMatchObject([
      { boundaryId: 'drain', confirmed: false, fault: `its evidence contains an invalid event; ${fault}` },
    ]);
    const secret = secretName({ ...handed, boundaryId: bad.boundaryId }, 'session');
    expect((await found({ secret })).found).toMatchObject([{ boundaryId: bad.boundaryId, phase: null }]);
  });
});

describe('an index entry that the evidence does not confirm', () => {
  const put = (item: Record<string, unknown>) => putInto('evidenceTable', item);
  const accessKey = 'ASIAPLANTEDPLANTED00';
  const planted = {
    v: 1,
    seq: 1,
    id: 'planted',
    at: '2026-11-23T10:00:00.000Z',
    type: 'identity.issued',
    actor: 'nobody',
    data: {},
    prevHash: FIRST_PREV_HASH,
    hash: FIRST_PREV_HASH,
    lookup: `key#${accessKey}`,
  };

  test('is shown with its fault and hides nothing else', async () => {
    await put({ ...planted, boundaryId: 'misbehaving.planted-1' });
    await put({ ...planted, boundaryId: 'misbehaving.planted-2', data: { accessKeyId: accessKey } });
    await put({ ...planted, boundaryId: 'misbehaving.planted-3', more: 'than an event has' });
    const { found: shown } = await found({ accessKey });
    expect(Object.fromEntries(shown.map(({ boundaryId, fault }) => [boundaryId.slice(-1), fault]))).toEqual({
      1: expect.stringMatching(/^its evidence does not hold: .*its hash differs$/),
      2: expect.stringMatching(/^its evidence does not hold: .*its hash differs$/),
      3: 'its evidence contains an invalid event',
    });
    expect(shown.some(({ confirmed }) => confirmed)).toBe(false);
  });

  test('is not confirmed when the whole chain of a closed task was rebuilt', async () => {
    const { boundaryId } = handed;
    const changed = (await eventsOf(stack, boundaryId)).map((event) =>
      event.type === 'task.requested' ? { ...event, data: { ...event.data, requester: 'mallory' } } : event,
    );
    for (const event of rechained(boundaryId, changed)) await put({ ...itemOf(event) });
    expect(await found({ requester: 'mallory' })).toMatchObject({
      found: [
        {
          boundaryId,
          event: { seq: 1 },
          confirmed: false,
          signed: false,
          fault: 'its evidence does not hold: its signed statement is not about these events',
        },
      ],
    });
  });
});
