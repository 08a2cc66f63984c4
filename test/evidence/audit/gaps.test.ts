import { makeBundle } from 'taskbound-evidence/chain/bundle';
import { beforeAll, describe, expect, test } from 'vitest';
import { Audit } from '../../../packages/evidence/audit/audit.ts';
import { DELIVERY_SECONDS, LATE_SECONDS } from 'taskbound-evidence/audit/trail/coverage';
import { containerOf } from '../../../packages/evidence/audit/trail/data-events.ts';
import type { Coverage } from '../../../packages/evidence/audit/trail/digests.ts';
import type { GapRule } from '../../../packages/evidence/audit/rules.ts';
import { readTrailEvent, type TrailEvent } from '../../../packages/evidence/audit/trail/trail-event.ts';
import type { ChainedEvent } from 'taskbound-evidence/chain/evidence';
import { toSecond, type TrailRecord } from 'taskbound-local/trail/trail';
import type { Deployed, Ran } from '../../scenarios/deployed.ts';
import { auditRecords, copyOf, COVERED, honestTransfer, saidOf, type Changed } from './support.ts';

let stack: Deployed;
let ran: Ran;
let trail: readonly TrailRecord[];
beforeAll(async () => {
  ({ stack, ran, trail } = await honestTransfer());
}, 60_000);

const audited = (
  records: readonly unknown[],
  events: readonly ChainedEvent[] = ran.events,
  coverage?: Coverage,
) => auditRecords(makeBundle(ran.row.boundaryId, events), records, coverage);
const gapsOf = (records: readonly unknown[], events?: readonly ChainedEvent[], coverage?: Coverage) => {
  const result = audited(records, events, coverage);
  expect(result.verdict, saidOf(result)).toBe('undetermined');
  return result.gaps.map(({ rule }) => rule);
};
const key = (): string => ran.row.leases[0]?.accessKeyId ?? '';
const without = (fits: (record: TrailRecord) => boolean) => trail.filter((record) => !fits(record));
/** The evidence with the data of one event changed. */
const changed = (
  type: ChainedEvent['type'],
  change: (data: ChainedEvent['data']) => void,
): ChainedEvent[] => {
  const events = structuredClone(ran.events) as ChainedEvent[];
  for (const event of events) if (event.type === type) change(event.data);
  return events;
};
/** A further call of the session, based on one that it made. */
function more(change: Changed): Changed[] {
  const records = copyOf(trail);
  const like = records.find(
    (record) =>
      record['eventName'] === 'HeadObject' && (record['userIdentity'] as Changed)['accessKeyId'] === key(),
  );
  return [...records, { ...structuredClone(like), eventID: 'one-more', requestID: 'one-more', ...change }];
}
const otherKey = (): Changed => ({ bucketName: stack.output('source'), key: 'other' });

describe('missing information is a gap, and the verdict is undetermined', () => {
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

  test('without management events, no reported use is a violation', () => {
    const data = without((record) => record.eventCategory === 'Management');
    expect(gapsOf(data)).toEqual([
      'no-management-events',
      'issuance-missing',
      'secret-creation-missing',
      'session-read-missing',
      'deny-missing',
    ]);
  });

  test('an answered action that cannot be mapped is a gap; if it is refused, it is an attempt', () => {
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

  test('the record of a batch deletion does not show what was deleted', () => {
    const requestParameters = { bucketName: stack.output('destination'), delete: '' };
    expect(gapsOf(more({ eventName: 'DeleteObjects', requestParameters }))).toEqual(['cannot-map']);
  });

  test('a call outside the policy that found nothing is unclear; a throttled call was not carried out', () => {
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

  test('if the work died, a transfer that completed soon after the end may have started before it', () => {
    const died = changed('work.finished', (data) => (data['tools'] = 'unknown'));
    expect(gapsOf(atEnd(1), died)).toEqual(['may-have-begun-before']);
    expect(gapsOf(atEnd(900), died)).toEqual(['may-have-begun-before']);
    expect(audited(atEnd(901), died).violations.map(({ rule }) => rule)).toContain('after-end-and-allowed');
  });

  test('work that returned has no transfer in progress', () => {
    expect(audited(atEnd(1)).violations.map(({ rule }) => rule)).toContain('after-end-and-allowed');
  });

  test.each<readonly [string, number, Changed]>([
    ['a call that is not a transfer', 1, { eventName: 'HeadObject' }],
    ['a call that the policy never allowed', 1, { requestParameters: { bucketName: 'other', key: 'k' } }],
    ['a call for which S3 reported a missing key', 1, { errorCode: 'NoSuchKey' }],
  ])('%s began after the end', (_what, seconds, change) => {
    const { violations } = audited(atEnd(seconds, change));
    expect(violations.map(({ rule }) => rule)).toContain('after-end-and-allowed');
  });

  const isData = ({ eventCategory }: TrailRecord): boolean => eventCategory === 'Data';
  /** Puts some records into the file of a trail that ends before the task. */
  const inShortTrail = (fits: (record: TrailRecord) => boolean) => {
    const fileOf = (index: number): string =>
      fits(trail[index] as TrailRecord) ? 'short.json.gz' : 'trail.json.gz';
    const result = auditRecords(makeBundle(ran.row.boundaryId, ran.events), trail, COVERED, fileOf);
    return [result.verdict, ...result.gaps.map(({ rule }) => rule)];
  };

  test('a second trail that covers the whole time proves nothing about events that it does not log', () => {
    expect(inShortTrail(isData)).toEqual(['undetermined', 'data-events-end-early']);
    expect(inShortTrail((record) => !isData(record))).toEqual(['undetermined', 'no-management-events']);
  });

  test('IAM records in another region: that region must be covered as well', () => {
    const records = copyOf(trail).map((record) =>
      record['eventSource'] === 'iam.amazonaws.com' ? { ...record, awsRegion: 'us-east-1' } : record,
    );
    const audit = new Audit(makeBundle(ran.row.boundaryId, ran.events));
    for (const record of records) audit.observe(readTrailEvent(record, 'trail.json.gz') as TrailEvent);
    expect(audit.requiredCoverage.regions).toEqual(['eu-central-1', 'us-east-1']);
    const both = (to: string): Coverage => ({
      ...COVERED,
      regions: [...COVERED.regions, { region: 'us-east-1', from: '2000-01-01T00:00:00Z', to }],
    });
    expect(audited(records, ran.events, both('2099-01-01T00:00:00Z')).verdict).toBe('enforced');
    expect(gapsOf(records, ran.events, both('2026-11-23T10:00:30Z'))).toEqual(['ends-early']);
  });

  test('data events of an unrelated bucket, or of an earlier time, do not count', () => {
    const died = changed('work.finished', (data) => (data['tools'] = 'unknown'));
    const others = (change: Changed) => [
      ...without(isData),
      ...copyOf(trail.filter(isData)).map((record) => ({ ...record, userIdentity: {}, ...change })),
    ];
    expect(audited(others({}), died).verdict).toBe('enforced');
    expect(gapsOf(others({ requestParameters: { bucketName: 'unrelated' } }), died)).toEqual([
      'no-data-events',
    ]);
    expect(gapsOf(others({ eventTime: '2020-01-01T00:00:00Z' }), died)).toEqual(['no-data-events']);
  });

  test('with a trail that logs only writes, a missing read is not a violation', () => {
    expect(gapsOf(without((record) => isData(record) && record.readOnly))).toEqual(['no-data-events']);
  });

  test.each(['StopLogging', 'PutEventSelectors', 'UpdateTrail', 'DeleteTrail'])(
    'the trail was changed by %s; a refused change changed nothing',
    (eventName) => {
      const change = {
        ...{ eventSource: 'cloudtrail.amazonaws.com', eventName, userIdentity: {}, resources: [] },
        ...{ requestParameters: { name: 'trail' }, eventCategory: 'Management', managementEvent: true },
      };
      expect(gapsOf(more(change))).toEqual(['trail-reconfigured']);
      expect(audited(more({ ...change, errorCode: 'AccessDenied' })).verdict).toBe('enforced');
    },
  );

  test('evidence without the account and region of the task', () => {
    const silent = changed('task.requested', (data) => delete data['executionArn']);
    const never = silent.filter(({ type }) => /^(task\.requested|boundary\.closed)$/.test(type));
    const result = audited(trail, never, { ...COVERED, regions: [] });
    expect(result.gaps.map(({ rule }) => rule)).toContain('place-unknown');
    expect(result.verdict).not.toBe('enforced');
  });

  const covering = (change: { readonly from?: string | null; readonly to?: string | null }): Coverage => ({
    ...COVERED,
    regions: COVERED.regions.map((each) => ({ ...each, ...change })),
  });
  test.each<readonly [string, Parameters<typeof covering>[0], GapRule]>([
    ['starts one second late', { from: '2026-11-23T10:00:01Z' }, 'starts-late'],
    ['covers nothing', { from: null, to: null }, 'ends-early'],
  ])('a trail that %s', (_what, coverage, rule) => {
    expect(gapsOf(trail, ran.events, covering(coverage))).toContain(rule);
  });

  test('a trail must cover 15 minutes after the deadline', () => {
    const enough = (ran.row.leases[0]?.deadlineMs ?? 0) + DELIVERY_SECONDS * 1000;
    const to = (ms: number) => covering({ to: toSecond(ms) });
    expect(audited(trail, ran.events, to(enough)).verdict).toBe('enforced');
    expect(gapsOf(trail, ran.events, to(enough - 1000))).toEqual(['ends-early']);
  });

  test('a missing use may still be delivered within a day; after that it is a violation', () => {
    const withoutPut = without(({ eventName }) => eventName === 'PutObject');
    const day = (ran.row.leases[0]?.deadlineMs ?? 0) + LATE_SECONDS * 1000;
    const early = covering({ to: toSecond(day - 1000) });
    expect(gapsOf(withoutPut, ran.events, early)).toEqual(['use-not-yet-in-trail']);
    const late = audited(withoutPut, ran.events, covering({ to: toSecond(day) }));
    expect(late.violations.map(({ rule }) => rule)).toEqual(['use-not-in-trail']);
  });

  test('evidence that is not closed, has no readers, or has an event in an unknown form', () => {
    expect(gapsOf(trail, ran.events.slice(0, -1))).toEqual(['not-closed']);
    const noReaders = changed('identity.issued', (data) => delete data['sessionSecretReaders']);
    expect(gapsOf(trail, noReaders)).toEqual(['readers-not-recorded']);
    const unreadable = changed('secret.issued', (data) => delete data['secretName']);
    expect(gapsOf(trail, unreadable)).toEqual(['evidence-unreadable']);
  });
});

describe('calls of correct runs are not violations', () => {
  const calls = (records: readonly unknown[], events?: readonly ChainedEvent[]) => {
    const result = audited(records, events);
    expect(result.verdict, saidOf(result)).toBe('enforced');
    return result.calls;
  };

  test('a refused attempt outside the policy is listed', () => {
    const result = audited(more({ requestParameters: otherKey(), errorCode: 'AccessDenied' }));
    expect(result.verdict, saidOf(result)).toBe('enforced');
    expect(result.attempts).toMatchObject([
      { eventId: 'one-more', action: 's3:GetObject', error: 'AccessDenied' },
    ]);
  });

  test('a refusal without recorded parameters is an attempt only if the policy does not contain the action', () => {
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

  test('calls in the second of the proof or of the deadline may have been made before it', () => {
    const provenAt = ran.events.find(({ type }) => type === 'revocation.proven')?.at ?? '';
    expect(calls(more({ eventTime: toSecond(Date.parse(provenAt)) })).afterAllowed).toBe(0);
    const neverProven = (events: readonly ChainedEvent[]) =>
      events.map((event) =>
        event.type === 'revocation.proven' ? { ...event, at: '2026-11-23T11:00:00.000Z' } : event,
      );
    const deadline = toSecond(ran.row.leases[0]?.deadlineMs ?? 0);
    expect(calls(more({ eventTime: deadline }), neverProven(ran.events)).afterAllowed).toBe(0);
  });

  test('an SDK repeats a call whose answer was lost', () => {
    expect(calls(more({})).insideAllowed).toBe(audited(trail).calls.insideAllowed + 1);
  });

  test('a refused call after the end', () => {
    expect(calls(more({ eventTime: '2026-11-23T10:30:00Z', errorCode: 'AccessDenied' })).afterRefused).toBe(
      1,
    );
    expect(calls(more({ eventTime: '2026-11-23T10:30:00Z', errorCode: 'ExpiredToken' })).afterRefused).toBe(
      1,
    );
  });

  test('GetCallerIdentity needs no permission, and no policy can deny it', () => {
    const identity = {
      eventSource: 'sts.amazonaws.com',
      eventName: 'GetCallerIdentity',
      requestParameters: null,
      resources: [],
    };
    expect(calls(more({ ...identity, eventTime: '2026-11-23T10:01:00Z' })).afterAllowed).toBe(0);
  });

  test('a repeated proof reads the session secret again, until the boundary is closed', () => {
    const timeOf = (type: ChainedEvent['type']) =>
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

  test("Secrets Manager's KMS call for a session's GetSecretValue", () => {
    expect(calls(decrypted({})).insideAllowed).toBe(audited(trail).calls.insideAllowed + 1);
  });

  test('a failure inside the policy is neither a refusal nor access', () => {
    expect(calls(more({ errorCode: 'SlowDown' })).insideFailed).toBe(1);
  });

  test('if the worker died, its uses are unknown, and no call is unreported', () => {
    const died = changed('work.finished', (data) => (data['tools'] = 'unknown'));
    const destination = { bucketName: stack.output('destination'), key: 'b.bin' };
    calls(more({ requestParameters: destination }), died);
  });
});

describe('parsing records, and which actions are always recorded', () => {
  test.each([
    '',
    '2026',
    'Nov 23 2026 10:00:00',
    '2026-11-23T10:00:00+01:00',
    '2026-11-23T10:00:00Z\u001b[2J',
  ])('a record of the time %j is none', (eventTime) => {
    const [record] = copyOf(trail);
    expect(readTrailEvent({ ...record, eventTime: '2026-11-23T10:00:00.5Z' }, 'x')).toBeDefined();
    expect(readTrailEvent({ ...record, eventTime }, 'x')).toBeUndefined();
  });

  test.each([
    ['sqs:SendMessage', 'arn:aws:sqs:eu-central-1:111122223333:jobs', 'sqs jobs'],
    ['sqs:', 'https://sqs.eu-central-1.amazonaws.com/111122223333/jobs', 'sqs jobs'],
    ['sns:Publish', 'arn:aws:sns:eu-central-1:111122223333:news', 'sns news'],
    ['S3:GetObject', 'arn:aws:s3:::bucket/a/b', 's3 bucket'],
    ['states:StartExecution', 'arn:aws:states:eu-central-1:111122223333:stateMachine:x', undefined],
    ['secretsmanager:GetSecretValue', 'x', undefined],
  ])('%s on %s is logged for %s', (action, resource, container) => {
    expect(containerOf(action, resource)).toBe(container);
  });
});
