import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetScopedCredentialsCommand,
  type GetScopedCredentialsCommandInput,
  STSClient,
} from '@aws-sdk/client-sts';
import type { EmbeddedAws } from 'taskbound-local/embedded-aws';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, allow, refusal, roleArn, sessionWith, START_MS, start, trusts } from '../support.ts';

const TASK = roleArn('Task');
const ACTIONS = ['ssm:GetParameter', 'secretsmanager:ListSecrets', 'sts:GetScopedCredentials'];
const parameterArn = (name: string): string => `arn:aws:ssm:eu-central-1:${ACCOUNT}:parameter/${name}`;

interface Given {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
}

/** A client config with credentials from STS. */
const configOf = (aws: EmbeddedAws, given: Given | undefined) => ({
  ...aws.clientConfig({
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  }),
  maxAttempts: 1,
});

/** A session of the role Task, with source identity and tag, that lives for 15 minutes. */
async function setUp(ceiling: string[] = ACTIONS) {
  const { aws, clock } = await start({ policyDelayMs: 0 });
  aws.iam.putRole({ name: 'Task', trust: trusts(roleArn('Issuer')) }, START_MS);
  aws.iam.putInline('Task', 'ceiling', allow(ceiling), Number.NEGATIVE_INFINITY);
  aws.ssm.putParameter('/a', '1', 0);
  aws.ssm.putParameter('/b', '2', 0);
  const issuer = sessionWith(
    aws,
    'Issuer',
    allow(['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'], TASK),
  );
  const { Credentials } = await new STSClient(issuer).send(
    new AssumeRoleCommand({
      RoleArn: TASK,
      RoleSessionName: 'transfer.t1',
      SourceIdentity: 'transfer.t1',
      Tags: [{ Key: 'taskbound:Boundary', Value: 'transfer.t1' }],
      DurationSeconds: 900,
    }),
  );
  const parent = configOf(aws, Credentials);
  const scope = (input: GetScopedCredentialsCommandInput, by = parent) =>
    new STSClient(by).send(new GetScopedCredentialsCommand(input));
  return { aws, clock, parent, scope };
}

const read = (config: ReturnType<typeof configOf>, Name: string) =>
  new SSMClient(config).send(new GetParameterCommand({ Name }));

describe('GetScopedCredentials', () => {
  it('keeps the identity of the session and shortens its life', async () => {
    const { aws, scope } = await setUp();
    const answer = await scope({ DurationSeconds: 60, ScopedSessionDescription: 'lease 1' });
    expect(answer).toMatchObject({
      SessionInfo: { Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Task/transfer.t1` },
      SourceIdentity: 'transfer.t1',
      ScopedPoliciesCount: 0,
    });
    expect(answer.Credentials?.Expiration?.toISOString()).toBe('2026-11-23T10:01:00.000Z');
    const token = configOf(aws, answer.Credentials);
    await expect(new STSClient(token).send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
      Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Task/transfer.t1`,
    });
    await expect(read(token, '/a')).resolves.toMatchObject({ Parameter: { Value: '1' } });
  });

  it('is in the trail with the new key and without its secret parts', async () => {
    const { aws, scope } = await setUp();
    const { Credentials } = await scope({ DurationSeconds: 60, ScopedSessionDescription: 'lease 1' });
    const record = aws.trail.find(({ eventName }) => eventName === 'GetScopedCredentials');
    expect(record).toMatchObject({
      eventSource: 'sts.amazonaws.com',
      requestParameters: { durationSeconds: 60, scopedSessionDescription: 'lease 1' },
      responseElements: {
        credentials: { accessKeyId: Credentials?.AccessKeyId },
        sourceIdentity: 'transfer.t1',
      },
    });
    expect(JSON.stringify(aws.trail)).not.toContain(Credentials?.SecretAccessKey);
    expect(JSON.stringify(aws.trail)).not.toContain(Credentials?.SessionToken);
  });

  it('lets a token end at its own second, with the error of each protocol, even for GetCallerIdentity', async () => {
    const { aws, clock, parent, scope } = await setUp();
    const token = configOf(aws, (await scope({ DurationSeconds: 1 })).Credentials);
    await expect(read(token, '/a')).resolves.toBeDefined();
    await clock.sleep(1000);
    const calls: readonly (readonly [Promise<unknown>, string])[] = [
      [read(token, '/a'), 'ExpiredTokenException'],
      [new DynamoDBClient(token).send(new ListTablesCommand({})), 'ExpiredTokenException'],
      [new S3Client(token).send(new ListBucketsCommand({})), 'ExpiredToken'],
      [new STSClient(token).send(new GetCallerIdentityCommand({})), 'ExpiredToken'],
    ];
    for (const [call, name] of calls) expect((await refusal(call)).name).toBe(name);
    await expect(read(parent, '/a')).resolves.toBeDefined();
  });

  it('never outlives its parent: not by more seconds, and not without any', async () => {
    const { clock, scope } = await setUp();
    await clock.sleep(600_500);
    expect(await refusal(scope({ DurationSeconds: 300 }))).toMatchObject({
      name: 'InsufficientSessionLifetimeException',
      status: 400,
    });
    const { Credentials } = await scope({ DurationSeconds: 299 });
    expect(Credentials?.Expiration?.toISOString()).toBe('2026-11-23T10:14:59.000Z');
    const inherited = await scope({ Policy: JSON.stringify(allow('*')) });
    expect(inherited.Credentials?.Expiration?.toISOString()).toBe('2026-11-23T10:15:00.000Z');
  });

  it('allows only what the parent and every scope-down policy allow, three of them at most', async () => {
    const { aws, scope } = await setUp();
    let config: ReturnType<typeof configOf> | undefined;
    const layers = [[...ACTIONS], ['ssm:*', 'sts:*'], ['ssm:GetParameter', 'sts:*']];
    for (const [index, actions] of layers.entries()) {
      const answer = await scope({ Policy: JSON.stringify(allow(actions)) }, config);
      expect(answer.ScopedPoliciesCount).toBe(index + 1);
      config = configOf(aws, answer.Credentials);
    }
    if (config === undefined) throw new Error('No layer was made.');
    await expect(read(config, '/a')).resolves.toBeDefined();
    expect(
      (await refusal(new SecretsManagerClient(config).send(new ListSecretsCommand({})))).message,
    ).toMatch(/because no session policy allows the secretsmanager:ListSecrets action/);
    expect((await refusal(scope({ Policy: JSON.stringify(allow('*')) }, config))).name).toMatch(
      /^AccessDenied/,
    );
    await expect(scope({ DurationSeconds: 5 }, config)).resolves.toMatchObject({ ScopedPoliciesCount: 3 });
  });

  it('obeys an explicit deny of a scope-down policy', async () => {
    const { aws, scope } = await setUp();
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'ssm:GetParameter', Resource: parameterArn('b') },
      ],
    });
    const token = configOf(aws, (await scope({ Policy })).Credentials);
    await expect(read(token, '/a')).resolves.toBeDefined();
    expect((await refusal(read(token, '/b'))).message).toMatch(/explicit deny in a session policy/);
  });

  it('still obeys a deny on the role, which names the source identity', async () => {
    const { aws, scope } = await setUp();
    const token = configOf(aws, (await scope({ DurationSeconds: 60 })).Credentials);
    const deny = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny' as const,
          Action: '*',
          Resource: '*',
          Condition: { StringEquals: { 'aws:SourceIdentity': 'transfer.t1' } },
        },
      ],
    };
    aws.iam.putInline('Task', 'deny', deny, aws.clock.nowMs());
    expect((await refusal(read(token, '/a'))).message).toMatch(/explicit deny in an identity-based policy/);
  });

  it.each<[string, GetScopedCredentialsCommandInput, string]>([
    ['neither a policy nor a duration', {}, 'ValidationError'],
    ['a duration of zero', { DurationSeconds: 0 }, 'ValidationError'],
    ['more than 36 hours', { DurationSeconds: 129_601 }, 'ValidationError'],
    ['a policy that is none', { Policy: '{"Statement":1}' }, 'MalformedPolicyDocumentException'],
    ['a policy of 2,049 characters', { Policy: ' '.repeat(2_049) }, 'ValidationError'],
    [
      'a description of 257 characters',
      { DurationSeconds: 1, ScopedSessionDescription: 'x'.repeat(257) },
      'ValidationError',
    ],
  ])('refuses %s', async (_what, input, name) => {
    const { scope } = await setUp();
    expect((await refusal(scope(input))).name).toBe(name);
  });

  it('refuses the root user, who has no temporary credentials', async () => {
    const { aws, scope } = await setUp();
    const root = { ...aws.clientConfig(), maxAttempts: 1 };
    expect((await refusal(scope({ DurationSeconds: 60 }, root as never))).name).toBe(
      'InvalidSubjectCredentialsException',
    );
  });

  it('needs the permission', async () => {
    const { scope } = await setUp(['ssm:GetParameter']);
    expect(await refusal(scope({ DurationSeconds: 60 }))).toMatchObject({
      message: expect.stringContaining('is not authorized to perform: sts:GetScopedCredentials'),
    });
  });
});
