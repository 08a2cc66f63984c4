import { beforeAll, describe, expect, test } from 'vitest';
import { DELIVERY_SECONDS } from '../../../core/audit/coverage.ts';
import type { Coverage } from '../../../core/audit/digests.ts';
import type { GapRule } from '../../../core/audit/rules.ts';
import type { EvidenceEvent } from '../../../core/evidence.ts';
import type { TrailRecord } from '../../../local/aws/trail.ts';
import { deploy, freshId, type Deployed, type Ran } from '../../scenarios/deployed.ts';
import { auditRecords, bundleOf, copyOf, COVERED, saidOf, trailAfter, type Changed } from './support.ts';

let stack: Deployed;
let ran: Ran;
let trail: readonly TrailRecord[];
beforeAll(async () => {
  stack = await deploy('sample');
  stack.put('source', 'a.bin', Buffer.from('x'));
  const parameters = { sourceKey: 'a.bin', destinationKey: 'b.bin' };
  ran = await stack.run({ type: 'object-transfer', taskId: freshId(), reason: 'to be audited', parameters });
  trail = await trailAfter(stack, ran);
}, 60_000);

const audited = (
  records: readonly unknown[],
  events: readonly EvidenceEvent[] = ran.events,
  coverage?: Coverage,
) => auditRecords(bundleOf(ran.row.boundaryId, events), records, coverage);
const gapsOf = (records: readonly unknown[], events?: readonly EvidenceEvent[], coverage?: Coverage) => {
  const result = audited(records, events, coverage);
  expect(result.verdict, saidOf(result)).toBe('undetermined');
  return result.gaps.map(({ rule }) => rule);
};
const key = (): string => ran.row.leases[0]?.accessKeyId ?? '';
const toSecond = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
const without = (fits: (record: TrailRecord) => boolean) => trail.filter((record) => !fits(record));
/** The evidence, with the data of one event changed. */
const changed = (
  type: EvidenceEvent['type'],
  change: (data: EvidenceEvent['data']) => void,
): EvidenceEvent[] => {
  const events = structuredClone(ran.events) as EvidenceEvent[];
  for (const event of events) if (event.type === type) change(event.data);
  return events;
};
/** Another call of the session, like one that it made. */
function more(change: Changed): Changed[] {
  const records = copyOf(trail);
  const like = records.find(
    (record) =>
      record['eventName'] === 'HeadObject' && (record['userIdentity'] as Changed)['accessKeyId'] === key(),
  );
  return [...records, { ...structuredClone(like), eventID: 'one-more', requestID: 'one-more', ...change }];
}
const otherKey = (): Changed => ({ bucketName: stack.output('source'), key: 'other' });

describe('what is missing is said, and the verdict is undetermined', () => {
  const bySource = (source: string) => (record: TrailRecord) =>
    record.eventSource === `${source}.amazonaws.com`;
  const bySession = (record: TrailRecord) => record.userIdentity['accessKeyId'] === key();

  test.each<readonly [string, (record: TrailRecord) => boolean, readonly GapRule[]]>([
    ['data events of S3', bySource('s3'), ['no-data-events']],
    ['data events of the source', (record) => record.eventName === 'HeadObject', ['no-data-events']],
    ['the AssumeRole of its session', (record) => record.eventName === 'AssumeRole', ['issuance-missing']],
    [
      'the creation of its secrets',
      (record) => record.eventName === 'CreateSecret',
      ['secret-creation-missing'],
    ],
    [
      "the work function's reading of the session",
      (record) =>
        record.eventName === 'GetSecretValue' &&
        !bySession(record) &&
        /Work/.test(String(record.userIdentity['arn'])),
      ['session-read-missing'],
    ],
    ["IAM's records", bySource('iam'), ['deny-missing']],
  ])('without %s', (_what, fits, rules) => {
    expect(gapsOf(without(fits))).toEqual(rules);
  });

  test('without management events no use is taken for a lie', () => {
    const data = without((record) => record.eventCategory === 'Management');
    expect(gapsOf(data)).toEqual([
      'issuance-missing',
      'secret-creation-missing',
      'session-read-missing',
      'deny-missing',
    ]);
  });

  test('an action that was answered and that nobody can map; refused, it is an attempt', () => {
    const unknown = {
      eventSource: 'ec2.amazonaws.com',
      eventName: 'RunInstances',
      requestParameters: {},
      resources: [],
    };
    expect(gapsOf(more(unknown))).toEqual(['cannot-map']);
    const refused = audited(more({ ...unknown, errorCode: 'Client.UnauthorizedOperation' }));
    expect([refused.verdict, refused.attempts.map(({ action }) => action)]).toEqual([
      'enforced',
      ['ec2.amazonaws.com:RunInstances'],
    ]);
  });

  test('many deletions in one record do not tell what was deleted', () => {
    const requestParameters = { bucketName: stack.output('destination'), delete: '' };
    expect(gapsOf(more({ eventName: 'DeleteObjects', requestParameters }))).toEqual(['cannot-map']);
  });

  test('a call outside the policy that found nothing does not tell whether it was let in; a throttled one was not', () => {
    const failing = (errorCode: string) => more({ requestParameters: otherKey(), errorCode });
    expect(gapsOf(failing('ResourceNotFoundException'))).toEqual(['unclear-answer']);
    const throttled = audited(failing('SlowDown'));
    expect([throttled.verdict, throttled.attempts.map(({ error }) => error)]).toEqual([
      'enforced',
      ['SlowDown'],
    ]);
  });

  const end = () => Date.parse(ran.events.find(({ type }) => type === 'revocation.proven')?.at ?? '');
  const atEnd = (seconds: number, change: Changed = {}): Changed[] =>
    more({ eventName: 'GetObject', eventTime: toSecond(end() + seconds * 1000), ...change });

  test('a transfer that was over soon after the end may have begun before it', () => {
    expect(gapsOf(atEnd(1))).toEqual(['may-have-begun-before']);
    expect(gapsOf(atEnd(900))).toEqual(['may-have-begun-before']);
  });

  test.each<readonly [string, number, Changed]>([
    ['one that was over later', 901, {}],
    ['a call that takes no time', 1, { eventName: 'HeadObject' }],
    ['one that the policy never allowed', 1, { requestParameters: { bucketName: 'other', key: 'k' } }],
    ['one that was told that there is nothing', 1, { errorCode: 'NoSuchKey' }],
  ])('%s began after the end', (_what, seconds, change) => {
    const { violations } = audited(atEnd(seconds, change));
    expect(violations.map(({ rule }) => rule)).toContain('after-end-and-allowed');
  });

  test.each<readonly [string, Partial<Coverage>, GapRule]>([
    ['begins a second late', { from: '2026-11-23T10:00:01Z' }, 'starts-late'],
    ['covers nothing', { from: null, to: null }, 'ends-early'],
  ])('a trail that %s', (_what, coverage, rule) => {
    expect(gapsOf(trail, ran.events, { ...COVERED, ...coverage })).toContain(rule);
  });

  test('a trail must reach a quarter of an hour beyond the deadline', () => {
    const enough = (ran.row.leases[0]?.deadlineMs ?? 0) + DELIVERY_SECONDS * 1000;
    const to = (ms: number) => ({ ...COVERED, to: toSecond(ms) });
    expect(audited(trail, ran.events, to(enough)).verdict).toBe('enforced');
    expect(gapsOf(trail, ran.events, to(enough - 1000))).toEqual(['ends-early']);
  });

  test('evidence without an end, without readers, with a policy or a form that is not known', () => {
    expect(gapsOf(trail, ran.events.slice(0, -1))).toEqual(['not-closed']);
    const noReaders = changed('identity.issued', (data) => delete data['sessionSecretReaders']);
    expect(gapsOf(trail, noReaders)).toEqual(['readers-not-recorded']);
    const unreadable = changed('secret.issued', (data) => delete data['secretName']);
    expect(gapsOf(trail, unreadable)).toEqual(['evidence-unreadable']);
  });
});

describe('fair to what honest runs do', () => {
  const calls = (records: readonly unknown[], events?: readonly EvidenceEvent[]) => {
    const result = audited(records, events);
    expect(result.verdict, saidOf(result)).toBe('enforced');
    return result.calls;
  };

  test('an attempt outside the policy that was refused is listed', () => {
    const result = audited(more({ requestParameters: otherKey(), errorCode: 'AccessDenied' }));
    expect(result.verdict, saidOf(result)).toBe('enforced');
    expect(result.attempts).toMatchObject([
      { eventId: 'one-more', action: 's3:GetObject', error: 'AccessDenied' },
    ]);
  });

  test('a refusal whose record has no parameters is an attempt only if the action stands nowhere in the policy', () => {
    const bare = (eventSource: string, eventName: string) =>
      audited(
        more({
          eventSource,
          eventName,
          requestParameters: null,
          resources: [],
          errorCode: 'AccessDenied',
        }),
      );
    for (const result of [
      bare('secretsmanager.amazonaws.com', 'DescribeSecret'),
      bare('s3.amazonaws.com', 'HeadObject'),
    ]) {
      expect(result.verdict, saidOf(result)).toBe('enforced');
      expect([result.attempts, result.calls.undecided, result.calls.outsideRefused]).toEqual([[], 1, 0]);
    }
    const attempt = bare('s3.amazonaws.com', 'ListObjects');
    expect(attempt.attempts.map(({ action }) => action)).toEqual(['s3.amazonaws.com:ListObjects']);
    expect(attempt.calls.undecided).toBe(0);
  });

  test('calls of the very second of the proof, and of the deadline, may have been before it', () => {
    const provenAt = ran.events.find(({ type }) => type === 'revocation.proven')?.at ?? '';
    expect(calls(more({ eventTime: toSecond(Date.parse(provenAt)) })).afterAllowed).toBe(0);
    const neverProven = (events: readonly EvidenceEvent[]) =>
      events.map((event) =>
        event.type === 'revocation.proven' ? { ...event, at: '2026-11-23T11:00:00.000Z' } : event,
      );
    const deadline = toSecond(ran.row.leases[0]?.deadlineMs ?? 0);
    expect(calls(more({ eventTime: deadline }), neverProven(ran.events)).afterAllowed).toBe(0);
  });

  test('an SDK that did not get its answer asks again', () => {
    expect(calls(more({})).insideAllowed).toBe(audited(trail).calls.insideAllowed + 1);
  });

  test('a call after the end that was refused', () => {
    expect(calls(more({ eventTime: '2026-11-23T10:30:00Z', errorCode: 'AccessDenied' })).afterRefused).toBe(
      1,
    );
    expect(calls(more({ eventTime: '2026-11-23T10:30:00Z', errorCode: 'ExpiredToken' })).afterRefused).toBe(
      1,
    );
  });

  test('GetCallerIdentity needs no permission, and no policy ends it', () => {
    const identity = {
      eventSource: 'sts.amazonaws.com',
      eventName: 'GetCallerIdentity',
      requestParameters: null,
      resources: [],
    };
    expect(calls(more({ ...identity, eventTime: '2026-11-23T10:01:00Z' })).afterAllowed).toBe(0);
  });

  test('a proof that is made again reads the session again, until the boundary is closed', () => {
    const timeOf = (type: EvidenceEvent['type']) =>
      Date.parse(ran.events.find((event) => event.type === type)?.at ?? '');
    const proof = String(
      (ran.events.find(({ type }) => type === 'identity.issued')?.data['sessionSecretReaders'] as Changed)[
        'proof'
      ],
    );
    const at = (ms: number): Changed[] => {
      const records = copyOf(trail);
      const read = records.find(
        (record) =>
          record['eventName'] === 'GetSecretValue' && JSON.stringify(record['userIdentity']).includes(proof),
      );
      return [...records, { ...structuredClone(read), eventID: 'again', eventTime: toSecond(ms) }];
    };
    const closedMs = timeOf('boundary.closed');
    expect(closedMs).toBeGreaterThanOrEqual(timeOf('revocation.proven'));
    calls(at(closedMs + 30_000));
    const tooLate = audited(at(closedMs + 120_000));
    expect(tooLate.violations.map(({ rule }) => rule)).toEqual(['session-secret-read-after-end']);
  });

  const decrypted = (change: Changed): Changed[] => {
    const records = copyOf(trail);
    const read = records.find(
      (record) =>
        record['eventName'] === 'GetSecretValue' &&
        (record['userIdentity'] as Changed)['accessKeyId'] === key(),
    );
    const service = 'secretsmanager.amazonaws.com';
    const decrypt = {
      ...structuredClone(read),
      eventID: 'decrypt',
      requestID: 'decrypt',
      eventSource: 'kms.amazonaws.com',
      eventName: 'Decrypt',
      userIdentity: { ...(read?.['userIdentity'] as Changed), invokedBy: service },
      sourceIPAddress: service,
      userAgent: service,
      requestParameters: { encryptionContext: { SecretARN: 'x' }, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
      responseElements: null,
      resources: [{ accountId: '111122223333', ARN: 'arn:aws:kms:eu-central-1:111122223333:key/of-aws' }],
      ...change,
    };
    return [...records, decrypt];
  };

  test("the KMS call that Secrets Manager makes for a session's GetSecretValue", () => {
    expect(calls(decrypted({})).insideAllowed).toBe(audited(trail).calls.insideAllowed + 1);
  });

  test('a failure inside the policy is neither a refusal nor access', () => {
    expect(calls(more({ errorCode: 'SlowDown' })).insideFailed).toBe(1);
  });

  test('when the worker died nobody knows what it did, and nothing it did is unreported', () => {
    const died = changed('work.finished', (data) => (data['tools'] = 'unknown'));
    const destination = { bucketName: stack.output('destination'), key: 'b.bin' };
    calls(more({ requestParameters: destination }), died);
  });
});
