import { makeBundle } from 'taskbound-evidence/chain/bundle';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ViolationRule } from '../../../packages/evidence/audit/rules.ts';
import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import type { ChainedEvent } from 'taskbound-evidence/chain/evidence';
import { denyPolicyName } from 'taskbound-evidence/names/ids';
import type { ToolUse } from '../../../core/work/work.ts';
import { toSecond, type TrailRecord } from 'taskbound-local/trail/trail';
import type { Deployed, Ran } from '../../scenarios/deployed.ts';
import { auditRecords, copyOf, honestTransfer, saidOf, type Changed } from './support.ts';

let stack: Deployed;
let ran: Ran;
let trail: readonly TrailRecord[];
beforeAll(async () => {
  ({ stack, ran, trail } = await honestTransfer());
}, 60_000);

const audited = (records: readonly unknown[], events = ran.events) =>
  auditRecords(makeBundle(ran.row.boundaryId, events), records);

const key = (): string => ran.row.leases[0]?.accessKeyId ?? '';
const deadlineMs = (): number => ran.row.leases[0]?.deadlineMs ?? 0;
const sessionSecret = (): string => ran.row.leases[0]?.sessionSecretName ?? '';
const jitSecret = (): string => ran.row.secrets[0]?.secretName ?? '';
const roleName = (): string => ran.row.taskRoleArn.slice(ran.row.taskRoleArn.lastIndexOf('/') + 1);
/** A managed policy with the path of the stack's roles. Ceilings are such policies. */
const ceilingArn = (): string =>
  ran.row.taskRoleArn.replace(':role/', ':policy/').replace(/[^/]+$/, 'Ceiling');
const provenMs = (): number =>
  Date.parse(ran.events.find(({ type }) => type === 'revocation.proven')?.at ?? '');
const arnOf = (name: string): string =>
  `arn:aws:secretsmanager:eu-central-1:111122223333:secret:${name}-AbC123`;

let planted = 0;
const freshEventId = (): string => `planted-${(planted += 1)}`;

/** The first record that matches. */
function recordOf(
  records: readonly Changed[],
  name: string,
  fits: (record: Changed) => boolean = () => true,
): Changed {
  const found = records.find((record) => record['eventName'] === name && fits(record));
  if (found === undefined) throw new Error(`The trail has no ${name}.`);
  return found;
}
const bySession = (record: Changed): boolean => (record['userIdentity'] as Changed)['accessKeyId'] === key();
const onSecret =
  (name: string) =>
  (record: Changed): boolean =>
    (record['requestParameters'] as Changed)['secretId'] === name;

/** A new record: a copy of another one with changes. */
const like = (record: Changed, change: Changed): Changed => ({
  ...structuredClone(record),
  eventID: freshEventId(),
  requestID: freshEventId(),
  ...change,
});

/** An answered call of the task's session, one second after a call that it made. */
const called = (records: readonly Changed[], source: string, eventName: string, change: Changed): Changed =>
  like(recordOf(records, 'HeadObject', bySession), {
    eventSource: `${source}.amazonaws.com`,
    eventName,
    resources: [],
    ...change,
  });

/** A call of a role that is not part of the task. */
const STRANGER = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:mallory',
  arn: 'arn:aws:sts::111122223333:assumed-role/Mallory/mallory',
  accountId: '111122223333',
  accessKeyId: 'ASIASTRANGER',
  sessionContext: { sessionIssuer: { type: 'Role', arn: 'arn:aws:iam::111122223333:role/Mallory' } },
};
const strange = (
  records: readonly Changed[],
  source: string,
  eventName: string,
  requestParameters: Changed,
): Changed =>
  like(recordOf(records, 'HeadObject', bySession), {
    eventSource: `${source}.amazonaws.com`,
    eventName,
    userIdentity: STRANGER,
    requestParameters,
    resources: [],
    eventCategory: 'Management',
    managementEvent: true,
  });

const issuance = (records: readonly Changed[]): Changed =>
  recordOf(
    records,
    'AssumeRole',
    (record) => (record['requestParameters'] as Changed)['roleArn'] === ran.row.taskRoleArn,
  );
const parametersOf = (record: Changed): Changed => record['requestParameters'] as Changed;

/** The evidence with one reported use changed. */
function changedUse(fits: (use: ToolUse) => boolean, change: Partial<ToolUse>): readonly ChainedEvent[] {
  const events = structuredClone(ran.events);
  const tools = events.find(({ type }) => type === 'work.finished')?.data['tools'] as { uses: ToolUse[] };
  Object.assign(tools.uses.find(fits) ?? {}, change);
  return events;
}

/** Changes a trail, and returns the record that shows it. */
type Plant = (records: Changed[]) => Changed;
const adding =
  (make: (records: readonly Changed[]) => Changed): Plant =>
  (records) => {
    const record = make(records);
    records.push(record);
    return record;
  };
const changing =
  (find: (records: readonly Changed[]) => Changed, change: (record: Changed) => void): Plant =>
  (records) => {
    const record = find(records);
    change(record);
    return record;
  };

const CASES: readonly (readonly [string, ViolationRule, Plant])[] = [
  [
    'an object outside the grant was read',
    'outside-and-allowed',
    adding((all) =>
      called(all, 's3', 'GetObject', {
        requestParameters: { bucketName: stack.output('source'), key: 'other' },
      }),
    ),
  ],
  [
    'another version of its own object was read',
    'outside-and-allowed',
    adding((all) =>
      called(all, 's3', 'GetObject', {
        requestParameters: { bucketName: stack.output('source'), key: 'a.bin', versionId: 'v1' },
      }),
    ),
  ],
  [
    'a copy read another object',
    'outside-and-allowed',
    changing(
      (all) => recordOf(all, 'CopyObject', bySession),
      (record) => (parametersOf(record)['x-amz-copy-source'] = `${stack.output('source')}/secret.bin`),
    ),
  ],
  [
    'its own object was made public',
    'outside-and-allowed',
    changing(
      (all) => recordOf(all, 'PutObject', bySession),
      (record) => (parametersOf(record)['x-amz-acl'] = 'public-read'),
    ),
  ],
  [
    'the bucket was listed',
    'outside-and-allowed',
    adding((all) =>
      called(all, 's3', 'ListObjects', { requestParameters: { bucketName: stack.output('source') } }),
    ),
  ],
  [
    'an object was deleted',
    'outside-and-allowed',
    adding((all) =>
      called(all, 's3', 'DeleteObject', {
        requestParameters: { bucketName: stack.output('source'), key: 'a.bin' },
      }),
    ),
  ],
  [
    'an item of a table was read',
    'outside-and-allowed',
    adding((all) =>
      called(all, 'dynamodb', 'GetItem', { requestParameters: { tableName: 'ledger', key: { id: 'x' } } }),
    ),
  ],
  [
    "another task's secret was read",
    'outside-and-allowed',
    adding((all) =>
      called(all, 'secretsmanager', 'GetSecretValue', {
        requestParameters: { secretId: 'taskbound/Taskbound/other' },
      }),
    ),
  ],
  [
    'it took another role',
    'outside-and-allowed',
    adding((all) =>
      called(all, 'sts', 'AssumeRole', {
        requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/Admin', roleSessionName: 'x' },
      }),
    ),
  ],
  [
    'a call outside the grant returned an error that only authorized callers receive',
    'outside-and-allowed',
    adding((all) =>
      called(all, 's3', 'GetObject', {
        requestParameters: { bucketName: stack.output('source'), key: 'other' },
        errorCode: 'NoSuchKey',
      }),
    ),
  ],
  [
    'its own object was read after the proof',
    'after-end-and-allowed',
    adding((all) => like(recordOf(all, 'HeadObject', bySession), { eventTime: toSecond(provenMs() + 1000) })),
  ],
  [
    'its own object was reported missing after the proof, which only authorized callers receive',
    'after-end-and-allowed',
    adding((all) =>
      like(recordOf(all, 'HeadObject', bySession), {
        eventTime: toSecond(provenMs() + 1000),
        errorCode: 'NoSuchKey',
      }),
    ),
  ],
  [
    'its own object was read a second after the deadline',
    'after-end-and-allowed',
    adding((all) =>
      like(recordOf(all, 'HeadObject', bySession), { eventTime: toSecond(deadlineMs() + 1000) }),
    ),
  ],
  [
    'a service decrypted for the session after the deadline, so it had authorized a call',
    'after-end-and-allowed',
    adding((all) => {
      const record = called(all, 'kms', 'Decrypt', { eventTime: toSecond(deadlineMs() + 1_000_000) });
      const userIdentity = { ...(record['userIdentity'] as Changed), invokedBy: 's3.amazonaws.com' };
      return { ...record, userIdentity };
    }),
  ],
  [
    'the session itself used a KMS key',
    'outside-and-allowed',
    adding((all) =>
      called(all, 'kms', 'Decrypt', {
        resources: [{ ARN: 'arn:aws:kms:eu-central-1:111122223333:key/k' }],
      }),
    ),
  ],
  [
    'an access key that was never issued was used with its source identity',
    'key-never-issued',
    adding((all) => {
      const record = like(recordOf(all, 'HeadObject', bySession), {});
      return {
        ...record,
        userIdentity: { ...(record['userIdentity'] as Changed), accessKeyId: 'ASIANEVERISSUED' },
      };
    }),
  ],
  [
    'an access key that was never issued was refused with its session name',
    'key-never-issued',
    adding((all) => {
      const record = like(recordOf(all, 'HeadObject', bySession), { errorCode: 'AccessDenied' });
      const { sessionContext, ...identity } = record['userIdentity'] as Changed;
      const { sourceIdentity: _none, ...context } = sessionContext as Changed;
      return {
        ...record,
        userIdentity: { ...identity, accessKeyId: 'ASIANEVERISSUED', sessionContext: context },
      };
    }),
  ],
  [
    'a second session was created in its name',
    'issuance-not-in-evidence',
    adding((all) =>
      like(issuance(all), { responseElements: { credentials: { accessKeyId: 'ASIASECOND' } } }),
    ),
  ],
  [
    'a session of another role was created with its source identity',
    'issuance-not-in-evidence',
    adding((all) =>
      strange(all, 'sts', 'AssumeRole', {
        roleArn: 'arn:aws:iam::111122223333:role/Admin',
        roleSessionName: 'x',
        sourceIdentity: ran.row.boundaryId,
      }),
    ),
  ],
  [
    'a second session was created in its name with a token of another identity provider',
    'issuance-not-in-evidence',
    adding((all) =>
      strange(all, 'sts', 'AssumeRoleWithWebIdentity', {
        roleArn: ran.row.taskRoleArn,
        roleSessionName: ran.row.boundaryId,
      }),
    ),
  ],
  [
    'a second session was created in its name with a SAML assertion, which alone contains the name',
    'issuance-not-in-evidence',
    adding((all) => ({
      ...strange(all, 'sts', 'AssumeRoleWithSAML', { roleArn: ran.row.taskRoleArn }),
      responseElements: { assumedRoleUser: { assumedRoleId: `AROAEXAMPLE:${ran.row.boundaryId}` } },
    })),
  ],
  ['its key was issued twice', 'issued-twice', adding((all) => like(issuance(all), {}))],
  [
    'its session was created with a wider policy',
    'policy-differs',
    changing(issuance, (record) => {
      const parameters = parametersOf(record);
      parameters['policy'] = String(parameters['policy']).replace('s3:GetObject', 's3:*');
    }),
  ],
  [
    'its session was created without a policy',
    'policy-differs',
    changing(issuance, (record) => delete parametersOf(record)['policy']),
  ],
  [
    'its session was created without a source identity',
    'names-differ',
    changing(issuance, (record) => delete parametersOf(record)['sourceIdentity']),
  ],
  [
    'its session was created under another name',
    'names-differ',
    changing(issuance, (record) => (parametersOf(record)['roleSessionName'] = 'object-transfer.somebody')),
  ],
  [
    'its session was created by a role other than the creator of its secret',
    'issuer-differs',
    changing(issuance, (record) => (record['userIdentity'] = STRANGER)),
  ],
  [
    'another role read its session secret',
    'second-reader',
    adding((all) => strange(all, 'secretsmanager', 'GetSecretValue', { secretId: sessionSecret() })),
  ],
  [
    'another role read its session secret by ARN in a batch',
    'second-reader',
    adding((all) =>
      strange(all, 'secretsmanager', 'BatchGetSecretValue', { secretIdList: ['x', arnOf(sessionSecret())] }),
    ),
  ],
  [
    'the work role read the session again, a minute later',
    'session-secret-read-again',
    adding((all) => {
      const first = recordOf(all, 'GetSecretValue', onSecret(sessionSecret()));
      return like(first, { eventTime: toSecond(Date.parse(String(first['eventTime'])) + 60_000) });
    }),
  ],
  [
    'the work role read the session after the proof',
    'session-secret-read-after-end',
    adding((all) =>
      like(recordOf(all, 'GetSecretValue', onSecret(sessionSecret())), {
        eventTime: toSecond(provenMs() + 1000),
      }),
    ),
  ],
  [
    'another role read its JIT secret',
    'jit-secret-foreign-reader',
    adding((all) => strange(all, 'secretsmanager', 'GetSecretValue', { secretId: arnOf(jitSecret()) })),
  ],
  [
    'another role wrote a value to its JIT secret',
    'secret-changed-by-other',
    adding((all) => strange(all, 'secretsmanager', 'PutSecretValue', { secretId: jitSecret() })),
  ],
  [
    'another role created its JIT secret again',
    'secret-changed-by-other',
    adding((all) => strange(all, 'secretsmanager', 'CreateSecret', { name: jitSecret() })),
  ],
  [
    'its session secret was created in a second region as well',
    'secret-changed-by-other',
    changing(
      (all) => recordOf(all, 'CreateSecret', (record) => parametersOf(record)['name'] === sessionSecret()),
      (record) => (parametersOf(record)['addReplicaRegions'] = [{ region: 'us-east-1' }]),
    ),
  ],
  [
    'its session secret was replicated to another region by its creator',
    'secret-changed-by-other',
    adding((all) =>
      like(recordOf(all, 'PutSecretValue', onSecret(sessionSecret())), {
        eventName: 'ReplicateSecretToRegions',
      }),
    ),
  ],
  [
    'the resource policy of its session secret was removed',
    'secret-policy-removed',
    adding((all) => strange(all, 'secretsmanager', 'DeleteResourcePolicy', { secretId: sessionSecret() })),
  ],
  [
    'the resource policy of its JIT secret was replaced',
    'secret-policy-replaced',
    adding((all) => {
      const made = recordOf(all, 'PutResourcePolicy', onSecret(jitSecret()));
      return like(made, { requestParameters: { ...parametersOf(made), resourcePolicy: '{}' } });
    }),
  ],
  [
    'its deny policy was removed before the deadline',
    'deny-lifted-early',
    adding((all) =>
      strange(all, 'iam', 'DeleteRolePolicy', {
        roleName: roleName(),
        policyName: denyPolicyName(ran.row.boundaryId, deadlineMs()),
      }),
    ),
  ],
  [
    'its deny policy was overwritten',
    'deny-replaced',
    adding((all) =>
      strange(all, 'iam', 'PutRolePolicy', {
        roleName: roleName(),
        policyName: denyPolicyName(ran.row.boundaryId, deadlineMs()),
        policyDocument:
          '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:SourceIdentity":"x"}}}}',
      }),
    ),
  ],
  ...(
    [
      ['all but S3', { Effect: 'Deny', NotAction: 's3:*', Resource: '*' }],
      ['one made-up service', { Effect: 'Deny', Action: 'taskbound:*', Resource: '*' }],
      ['nothing, and allows', { Effect: 'Allow', Action: '*', Resource: '*' }],
    ] as const
  ).map(([what, statement]): (typeof CASES)[number] => [
    `its deny was overwritten by one of ${what}`,
    'deny-replaced',
    adding((all) =>
      strange(all, 'iam', 'PutRolePolicy', {
        roleName: roleName().toUpperCase(),
        policyName: denyPolicyName(ran.row.boundaryId, deadlineMs()).toUpperCase(),
        policyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { ...statement, Condition: { StringEquals: { 'aws:SourceIdentity': ran.row.boundaryId } } },
          ],
        }),
      }),
    ),
  ]),
  [
    'its deny policy had one more condition',
    'deny-replaced',
    changing(
      (all) => recordOf(all, 'PutRolePolicy'),
      (record) => {
        const parameters = parametersOf(record);
        parameters['policyDocument'] = String(parameters['policyDocument']).replace(
          '"Condition":{',
          '"Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-central-1"},',
        );
      },
    ),
  ],
  [
    'its deny policy was removed early, by its name in another case',
    'deny-lifted-early',
    adding((all) =>
      strange(all, 'iam', 'DeleteRolePolicy', {
        roleName: roleName().toLowerCase(),
        policyName: denyPolicyName(ran.row.boundaryId, deadlineMs()).toUpperCase(),
      }),
    ),
  ],
  [
    'a policy was attached to its role a moment before its session was made',
    'role-policy-changed',
    adding((all) => ({
      ...strange(all, 'iam', 'AttachRolePolicy', {
        roleName: roleName(),
        policyArn: 'arn:aws:iam::aws:policy/A',
      }),
      eventTime: toSecond(Date.parse(ran.events[0]?.at ?? '')),
    })),
  ],
  [
    'its role was deleted while it worked',
    'role-replaced',
    adding((all) => strange(all, 'iam', 'DeleteRole', { roleName: roleName() })),
  ],
  [
    'its role was created while it worked',
    'role-replaced',
    adding((all) => strange(all, 'iam', 'CreateRole', { roleName: roleName() })),
  ],
  [
    'its ceiling got a new version',
    'ceiling-changed',
    adding((all) =>
      strange(all, 'iam', 'CreatePolicyVersion', { policyArn: ceilingArn(), setAsDefault: true }),
    ),
  ],
  [
    'its ceiling was set to an old version',
    'ceiling-changed',
    adding((all) =>
      strange(all, 'iam', 'SetDefaultPolicyVersion', { policyArn: ceilingArn(), versionId: 'v1' }),
    ),
  ],
  [
    'a policy was added to its role while it worked',
    'role-policy-changed',
    adding((all) =>
      strange(all, 'iam', 'PutRolePolicy', {
        roleName: roleName(),
        policyName: 'more',
        policyDocument: '{}',
      }),
    ),
  ],
  [
    'the boundary of its role was removed while it worked',
    'role-boundary-changed',
    adding((all) => strange(all, 'iam', 'DeleteRolePermissionsBoundary', { roleName: roleName() })),
  ],
  [
    'the trust policy of its role was changed while it worked',
    'role-trust-changed',
    adding((all) => strange(all, 'iam', 'UpdateAssumeRolePolicy', { roleName: roleName() })),
  ],
  [
    'it read an object within its grant and did not report it',
    'unreported-use',
    adding((all) =>
      called(all, 's3', 'GetObject', {
        requestParameters: { bucketName: stack.output('destination'), key: 'b.bin' },
      }),
    ),
  ],
];

describe('a planted record is found and listed', () => {
  test('without a planted record the run is enforced, and every call of its session is inside', () => {
    const result = audited(trail);
    expect(result.verdict, saidOf(result)).toBe('enforced');
    const sessionCalls = trail.filter((record) => record.userIdentity['accessKeyId'] === key()).length;
    expect(result.calls.insideAllowed + result.calls.insideRefused).toBe(sessionCalls);
    expect(result.calls.insideRefused).toBe(3);
  });

  test.each(CASES)('%s: %s', (_sentence, rule, plant) => {
    const records = copyOf(trail);
    const { eventID } = plant(records);
    const result = audited(records);
    expect(result.verdict, saidOf(result)).toBe('violated');
    const found = result.violations.find((violation) => violation.rule === rule);
    expect(
      found?.records.map(({ eventId }) => eventId),
      saidOf(result),
    ).toContain(eventID);
  });

  test('changes of other policies, of draft ceiling versions, and before the request do not count', () => {
    const records = copyOf(trail);
    const iam = (eventName: string, parameters: Changed) => strange(records, 'iam', eventName, parameters);
    const before = toSecond(Date.parse(ran.events[0]?.at ?? '') - 1000);
    const policyArn = 'arn:aws:iam::111122223333:policy/another/Ceiling';
    records.push(
      iam('CreatePolicyVersion', { policyArn, setAsDefault: true }),
      iam('CreatePolicyVersion', { policyArn: ceilingArn(), setAsDefault: false }),
      { ...iam('SetDefaultPolicyVersion', { policyArn: ceilingArn() }), eventTime: before },
      { ...iam('CreateRole', { roleName: roleName() }), eventTime: before },
    );
    const result = audited(records);
    expect(result.verdict, saidOf(result)).toBe('enforced');
  });

  test('a use that the trail does not contain is reported', () => {
    const records = copyOf(trail);
    const put = recordOf(records, 'PutObject', bySession);
    const result = audited(records.filter((record) => record !== put));
    expect(result.verdict).toBe('violated');
    expect(result.violations.map(({ rule }) => rule)).toEqual(['use-not-in-trail']);
    expect(result.violations[0]?.says).toContain(String(put['requestID']));
  });

  test('a reported call with the request id of another call does not match', () => {
    const resource = `arn:aws:s3:::${stack.output('destination')}/harmless`;
    const events = changedUse(({ action }) => action === 's3:PutObject', { resource });
    const result = audited(trail, events);
    expect(result.violations.map(({ rule }) => rule).sort()).toEqual(['unreported-use', 'use-not-in-trail']);
  });

  test.each([
    ['names the version of the object', 's3:GetObjectVersion'],
    ['does not distinguish versions, as older runtimes do', 's3:GetObject'],
  ])('a version that was read is the use of a runtime that %s', (_what, action) => {
    const records = copyOf(trail);
    const head = recordOf(records, 'HeadObject', bySession);
    parametersOf(head)['versionId'] = 'v';
    const events = changedUse(({ requestId }) => requestId === head['requestID'], { action });
    const rules = audited(records, events).violations.map(({ rule }) => rule);
    expect(rules).toEqual(['outside-and-allowed']); // Reading a version needs another permission, which this task does not have.
  });

  test('a batch call counts as recorded, although its record does not show its items', () => {
    const records = copyOf(trail);
    const put = recordOf(records, 'PutObject', bySession);
    Object.assign(put, { eventName: 'DeleteObjects', requestParameters: { bucketName: 'b' } });
    const result = audited(records);
    expect([result.verdict, result.violations]).toEqual(['undetermined', []]);
    expect(result.gaps.map(({ rule }) => rule)).toContain('cannot-map');
  });

  test('a forged record with the id of a real one does not replace it', () => {
    const records = copyOf(trail);
    const late = like(recordOf(records, 'HeadObject', bySession), {
      eventTime: toSecond(deadlineMs() + 1000),
    });
    const madeUp = { ...late, eventTime: toSecond(provenMs() - 3000) };
    for (const both of [
      [late, madeUp],
      [madeUp, late],
    ])
      expect(audited([...both, ...records]).violations.map(({ rule }) => rule)).toEqual([
        'after-end-and-allowed',
      ]);
  });

  test('a refused record does not match a use that was reported as successful', () => {
    const records = copyOf(trail);
    recordOf(records, 'PutObject', bySession)['errorCode'] = 'AccessDenied';
    expect(audited(records).violations.map(({ rule }) => rule)).toEqual(['use-not-in-trail']);
  });

  test('four records of a call that was reported once are more than retries', () => {
    const records = copyOf(trail);
    const put = recordOf(records, 'PutObject', bySession);
    records.push(...Array.from({ length: 4 }, () => like(put, {})));
    expect(audited(records).violations.map(({ rule }) => rule)).toEqual(['unreported-use']);
  });

  test('calls are decided even if the worker died without a report', () => {
    const events = structuredClone(ran.events);
    for (const { type, data } of events) if (type === 'work.finished') data['tools'] = 'unknown';
    const records = copyOf(trail);
    const late = like(recordOf(records, 'HeadObject', bySession), {
      eventTime: toSecond(deadlineMs() + 1000),
    });
    expect(audited(records, events).calls).toEqual(audited(records).calls);
    expect(audited([...records, late], events).violations.map(({ rule }) => rule)).toEqual([
      'after-end-and-allowed',
    ]);
  });

  test('evidence whose policy does not match its digest is a violation', () => {
    const events = structuredClone(ran.events);
    const issued = events.find(({ type }) => type === 'identity.issued');
    if (issued !== undefined) issued.data['policyDigest'] = sha256Hex('another');
    const result = audited(trail, events);
    expect(result.violations.map(({ rule }) => rule)).toEqual(['evidence-contradictory']);
  });
});

describe('the verdict does not depend on the order of records', () => {
  test('all planted records together, shuffled', () => {
    const records = copyOf(trail);
    for (const [, , plant] of CASES) plant(records);
    const expected = audited(records);
    expect(expected.violations.length).toBeGreaterThan(15);
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
        expect(audited(shuffled)).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });

  test('records that were delivered twice count once', () => {
    const once = audited(trail);
    const twice = audited([...trail, ...trail]);
    expect({ ...twice, trail: once.trail }).toEqual(once);
  });
});
