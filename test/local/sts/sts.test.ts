import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import type { PolicyDocument } from 'taskbound-iam/policy';
import {
  ACCOUNT,
  ACCOUNT_TRUST,
  START_MS,
  allow,
  refusal,
  roleArn,
  sessionWith,
  start,
  trusts,
} from '../support.ts';

const ALL_STS = ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'];
const TASK = roleArn('Task');

interface Case {
  readonly trust?: PolicyDocument;
  readonly caller?: PolicyDocument | undefined;
  readonly maxSessionSeconds?: number;
}

async function setUp({
  trust = trusts(roleArn('Issuer'), ALL_STS),
  caller = allow(ALL_STS, TASK),
  maxSessionSeconds = 3_600,
}: Case = {}) {
  const { aws, clock } = await start();
  aws.iam.putRole({ name: 'Task', trust, maxSessionSeconds }, START_MS);
  aws.iam.putInline('Task', 'ceiling', allow('ssm:GetParameter'), Number.NEGATIVE_INFINITY);
  aws.ssm.putParameter('/a', '1', 0);
  aws.ssm.putParameter('/b', '2', 0);
  const sts = new STSClient({ ...sessionWith(aws, 'Issuer', caller), maxAttempts: 1 });
  const assume = (input: Partial<AssumeRoleCommandInput> = {}) =>
    sts.send(new AssumeRoleCommand({ RoleArn: TASK, RoleSessionName: 'transfer.t1', ...input }));
  return { aws, clock, assume };
}

const credentialsOf = ({
  Credentials,
}: {
  Credentials?:
    | {
        AccessKeyId?: string | undefined;
        SecretAccessKey?: string | undefined;
        SessionToken?: string | undefined;
      }
    | undefined;
}) => ({
  accessKeyId: Credentials?.AccessKeyId ?? '',
  secretAccessKey: Credentials?.SecretAccessKey ?? '',
  sessionToken: Credentials?.SessionToken ?? '',
});

describe('AssumeRole', () => {
  it('returns a session with its name, source identity and session policy', async () => {
    const { aws, assume } = await setUp();
    const Policy = JSON.stringify(
      allow('ssm:GetParameter', `arn:aws:ssm:eu-central-1:${ACCOUNT}:parameter/a`),
    );
    const answer = await assume({
      SourceIdentity: 'transfer.t1',
      Policy,
      Tags: [{ Key: 'taskbound:Boundary', Value: 'transfer.t1' }],
      DurationSeconds: 900,
    });
    expect(answer).toMatchObject({
      SourceIdentity: 'transfer.t1',
      AssumedRoleUser: { Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Task/transfer.t1` },
    });
    expect(answer.Credentials?.Expiration?.toISOString()).toBe('2026-11-23T10:15:00.000Z');
    expect(answer.Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    const ssm = new SSMClient(aws.clientConfig(credentialsOf(answer)));
    await expect(ssm.send(new GetParameterCommand({ Name: '/a' }))).resolves.toMatchObject({
      Parameter: { Value: '1' },
    });
    expect((await refusal(ssm.send(new GetParameterCommand({ Name: '/b' })))).message).toMatch(
      /because no session policy allows the ssm:GetParameter action$/,
    );
    expect(aws.trail[0]).toMatchObject({
      eventName: 'AssumeRole',
      requestParameters: {
        roleSessionName: 'transfer.t1',
        sourceIdentity: 'transfer.t1',
        tags: [{ key: 'taskbound:Boundary', value: 'transfer.t1' }],
      },
      responseElements: {
        credentials: { accessKeyId: answer.Credentials?.AccessKeyId },
        sourceIdentity: 'transfer.t1',
      },
    });
    expect(JSON.stringify(aws.trail)).not.toContain(answer.Credentials?.SecretAccessKey);
    expect(aws.trail[1]).toMatchObject({
      userIdentity: { sessionContext: { sourceIdentity: 'transfer.t1' } },
    });
  });

  const onlyAssume = allow('sts:AssumeRole', TASK);
  const named = (key: string, value: string) =>
    trusts(roleArn('Issuer'), ALL_STS, { StringEquals: { [key]: value } });
  const tag = { Tags: [{ Key: 'taskbound:Boundary', Value: 'transfer.t1' }] };
  it.each<[string, Case, Partial<AssumeRoleCommandInput>, string | undefined]>([
    ['a trust that names the role', {}, {}, undefined],
    ['a trust that names the account, and an identity policy', { trust: ACCOUNT_TRUST }, {}, undefined],
    [
      'a trust that names only the account',
      { trust: ACCOUNT_TRUST, caller: allow('s3:GetObject') },
      {},
      'because no identity-based policy allows the sts:AssumeRole action',
    ],
    [
      'a trust that names another role',
      { trust: trusts(roleArn('Other')) },
      {},
      'because no role trust policy allows the sts:AssumeRole action',
    ],
    [
      'the session name that the trust requires',
      { trust: named('sts:RoleSessionName', 'transfer.t1') },
      {},
      undefined,
    ],
    [
      'another session name than the trust requires',
      { trust: named('sts:RoleSessionName', 'x') },
      {},
      'sts:AssumeRole',
    ],
    [
      'the external id that the trust requires',
      { trust: named('sts:ExternalId', 'e1') },
      { ExternalId: 'e1' },
      undefined,
    ],
    [
      'no external id when the trust requires one',
      { trust: named('sts:ExternalId', 'e1') },
      {},
      'sts:AssumeRole',
    ],
    [
      'the source identity that the trust requires',
      { trust: named('sts:SourceIdentity', 'transfer.t1') },
      { SourceIdentity: 'transfer.t1' },
      undefined,
    ],
    [
      'another source identity than the trust requires',
      { trust: named('sts:SourceIdentity', 'x') },
      { SourceIdentity: 'transfer.t1' },
      'sts:AssumeRole',
    ],
    [
      'the tag that the trust requires',
      { trust: named('aws:RequestTag/taskbound:Boundary', 'transfer.t1') },
      tag,
      undefined,
    ],
    [
      'a trust that does not allow tags',
      { trust: trusts(roleArn('Issuer'), 'sts:AssumeRole') },
      tag,
      'because no role trust policy allows the sts:TagSession action',
    ],
    [
      'a caller that may not set tags',
      { caller: onlyAssume },
      tag,
      'because no identity-based policy allows the sts:TagSession action',
    ],
    [
      'a trust that does not allow a source identity',
      { trust: trusts(roleArn('Issuer'), 'sts:AssumeRole') },
      { SourceIdentity: 'ab' },
      'because no role trust policy allows the sts:SetSourceIdentity action',
    ],
    [
      'a caller that may not set a source identity',
      { caller: onlyAssume },
      { SourceIdentity: 'ab' },
      'because no identity-based policy allows the sts:SetSourceIdentity action',
    ],
    ['a role that does not exist', {}, { RoleArn: roleArn('Nobody') }, 'sts:AssumeRole'],
  ])('trust: %s', async (_what, given, input, refused) => {
    const { assume } = await setUp(given);
    if (refused === undefined) {
      await expect(assume(input)).resolves.toMatchObject({ AssumedRoleUser: {} });
      return;
    }
    const { name, message, status } = await refusal(assume(input));
    expect({ name, status }).toEqual({ name: 'AccessDenied', status: 403 });
    expect(message).toContain(refused);
    expect(message).toContain(
      `User: arn:aws:sts::${ACCOUNT}:assumed-role/Issuer/someone is not authorized to perform: sts:`,
    );
  });

  const policyOf = (characters: number, fill = 'x') => {
    const least = JSON.stringify(allow('s3:GetObject', 'arn:aws:s3:::')).length;
    return JSON.stringify(allow('s3:GetObject', `arn:aws:s3:::${fill.repeat(characters - least)}`));
  };
  const tags = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: 'v'.repeat(200) }));
  it.each<[string, Partial<AssumeRoleCommandInput>, string | undefined]>([
    ['a session policy of 2,048 characters', { Policy: policyOf(2_048) }, undefined],
    ['a session policy of 2,049 characters', { Policy: policyOf(2_049) }, 'ValidationError'],
    ['Latin-1 up to U+00FF', { Policy: policyOf(2_048, 'ÿ') }, undefined],
    ['a character above U+00FF', { Policy: policyOf(300, 'Ā') }, 'ValidationError'],
    ['a line feed and a tab', { Policy: `${policyOf(200)}\n\t` }, undefined],
    ['an invalid session policy', { Policy: '{"Version":"2012-10-17"}' }, 'MalformedPolicyDocumentException'],
    [
      'a Sid that is not alphanumeric',
      {
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Sid: 'a-b', Effect: 'Allow', Action: '*', Resource: '*' }],
        }),
      },
      'MalformedPolicyDocumentException',
    ],
    ['899 seconds', { DurationSeconds: 899 }, 'ValidationError'],
    ['900 seconds', { DurationSeconds: 900 }, undefined],
    ["3,601 seconds, above the role's own maximum", { DurationSeconds: 3_601 }, 'ValidationError'],
    ['43,201 seconds', { DurationSeconds: 43_201 }, 'ValidationError'],
    ['a session name of one character', { RoleSessionName: 'a' }, 'ValidationError'],
    ['a session name of 64 characters', { RoleSessionName: 'a'.repeat(64) }, undefined],
    ['a session name of 65 characters', { RoleSessionName: 'a'.repeat(65) }, 'ValidationError'],
    ['a session name with a slash', { RoleSessionName: 'a/b' }, 'ValidationError'],
    ['a source identity with a space', { SourceIdentity: 'a b' }, 'ValidationError'],
    [
      '51 tags',
      { Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })) },
      'ValidationError',
    ],
    ['a tag value with an asterisk', { Tags: [{ Key: 'a', Value: '*' }] }, 'ValidationError'],
    ['a tag value of 257 characters', { Tags: [{ Key: 'a', Value: 'v'.repeat(257) }] }, 'ValidationError'],
    [
      'the same tag key twice',
      {
        Tags: [
          { Key: 'a', Value: '' },
          { Key: 'A', Value: '' },
        ],
      },
      'InvalidParameterValue',
    ],
    [
      'more policy and tags than fit into the token',
      { Policy: policyOf(2_048), Tags: tags(30) },
      'PackedPolicyTooLargeException',
    ],
    [
      'managed session policies',
      { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] },
      'NotImplemented',
    ],
  ])('limits: %s', async (_what, input, name) => {
    const { assume } = await setUp();
    if (name === undefined) await expect(assume(input)).resolves.toMatchObject({ AssumedRoleUser: {} });
    else expect(await refusal(assume(input))).toMatchObject({ name });
  });

  it('limits chained sessions to one hour, even if the role allows more', async () => {
    const { assume } = await setUp({ maxSessionSeconds: 43_200 });
    await expect(assume({ DurationSeconds: 3_600 })).resolves.toBeDefined();
    expect((await refusal(assume({ DurationSeconds: 3_601 }))).message).toContain('role chaining');
  });

  it('passes the source identity on, and does not let it change', async () => {
    const { aws, assume } = await setUp();
    aws.iam.putRole({ name: 'Next', trust: trusts(TASK, ALL_STS) }, START_MS);
    aws.iam.putInline('Task', 'chain', allow(ALL_STS, roleArn('Next')), Number.NEGATIVE_INFINITY);
    const chained = new STSClient(
      aws.clientConfig(credentialsOf(await assume({ SourceIdentity: 'origin' }))),
    );
    const next = (SourceIdentity?: string) =>
      chained.send(
        new AssumeRoleCommand({ RoleArn: roleArn('Next'), RoleSessionName: 'next', SourceIdentity }),
      );
    expect(await next()).toMatchObject({ SourceIdentity: 'origin' });
    expect(await next('origin')).toMatchObject({ SourceIdentity: 'origin' });
    expect(await refusal(next('another'))).toMatchObject({ name: 'AccessDenied' });
  });

  it('lets the root user assume a role only if its trust policy allows the account', async () => {
    const { aws } = await setUp();
    aws.iam.putRole({ name: 'Submitter', trust: ACCOUNT_TRUST }, START_MS);
    const root = new STSClient(aws.clientConfig());
    await expect(
      root.send(new AssumeRoleCommand({ RoleArn: roleArn('Submitter'), RoleSessionName: 'me' })),
    ).resolves.toBeDefined();
    expect(
      await refusal(root.send(new AssumeRoleCommand({ RoleArn: TASK, RoleSessionName: 'me' }))),
    ).toMatchObject({ name: 'AccessDenied' });
  });
});

describe('sessions of services', () => {
  const trust: PolicyDocument = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  };

  it('need a trust policy that names the service', async () => {
    const { aws } = await start();
    aws.iam.putRole({ name: 'Fn', trust }, START_MS);
    const credentials = aws.assumeServiceRole(roleArn('Fn'), 'lambda.amazonaws.com', 'fn');
    const identity = await new STSClient(aws.clientConfig(credentials)).send(
      new GetCallerIdentityCommand({}),
    );
    expect(identity.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/Fn/fn`);
    expect(() => aws.assumeServiceRole(roleArn('Fn'), 'states.amazonaws.com', 'fn')).toThrow(
      'because no role trust policy allows the sts:AssumeRole action',
    );
    expect(() => aws.assumeServiceRole(roleArn('Nobody'), 'lambda.amazonaws.com', 'fn')).toThrow(
      'does not exist',
    );
  });
});
