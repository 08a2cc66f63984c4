import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, START_MS, allow, refusal, roleArn, sessionWith, start } from '../support.ts';

const TOKEN = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
const PREFIX = `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:`;

async function setUp() {
  const started = await start();
  const client = (config = started.aws.clientConfig()) =>
    new SecretsManagerClient({ ...config, maxAttempts: 1 });
  return { ...started, client, secrets: client() };
}

describe('values', () => {
  it('can be put into an empty secret, with the token as version', async () => {
    const { secrets } = await setUp();
    const { ARN, VersionId } = await secrets.send(
      new CreateSecretCommand({ Name: 'a/b', ClientRequestToken: TOKEN }),
    );
    expect(ARN).toMatch(new RegExp(`^${PREFIX}a/b-[A-Za-z]{6}$`));
    expect(VersionId).toBeUndefined();
    expect(await refusal(secrets.send(new GetSecretValueCommand({ SecretId: 'a/b' })))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: expect.stringContaining('AWSCURRENT'),
    });
    await secrets.send(
      new PutSecretValueCommand({ SecretId: ARN, SecretString: 'one', ClientRequestToken: TOKEN }),
    );
    for (const SecretId of ['a/b', ARN, `${PREFIX}a/b`]) {
      expect(await secrets.send(new GetSecretValueCommand({ SecretId }))).toMatchObject({
        SecretString: 'one',
        VersionId: TOKEN,
        VersionStages: ['AWSCURRENT'],
      });
    }
  });

  it('can be put again with the same token, but not with another value', async () => {
    const { secrets } = await setUp();
    await secrets.send(new CreateSecretCommand({ Name: 's' }));
    const put = (SecretString: string, ClientRequestToken: string) =>
      secrets.send(new PutSecretValueCommand({ SecretId: 's', SecretString, ClientRequestToken }));
    await put('one', TOKEN);
    await expect(put('one', TOKEN)).resolves.toMatchObject({ VersionId: TOKEN });
    expect(await refusal(put('two', TOKEN))).toMatchObject({ name: 'ResourceExistsException' });
    await put('two', OTHER);
    expect(await secrets.send(new GetSecretValueCommand({ SecretId: 's' }))).toMatchObject({
      SecretString: 'two',
    });
    expect(
      await secrets.send(new GetSecretValueCommand({ SecretId: 's', VersionStage: 'AWSPREVIOUS' })),
    ).toMatchObject({ SecretString: 'one' });
    expect(await secrets.send(new GetSecretValueCommand({ SecretId: 's', VersionId: TOKEN }))).toMatchObject({
      SecretString: 'one',
    });
    expect(await secrets.send(new DescribeSecretCommand({ SecretId: 's' }))).toMatchObject({
      VersionIdsToStages: { [TOKEN]: ['AWSPREVIOUS'], [OTHER]: ['AWSCURRENT'] },
    });
  });

  it('can be bytes', async () => {
    const { secrets } = await setUp();
    const SecretBinary = new Uint8Array([0, 255, 10]);
    await secrets.send(new CreateSecretCommand({ Name: 's', SecretBinary }));
    expect((await secrets.send(new GetSecretValueCommand({ SecretId: 's' }))).SecretBinary).toEqual(
      SecretBinary,
    );
  });
});

describe('creation', () => {
  it.each([
    [
      'a name that exists',
      { Name: 'taken', ClientRequestToken: OTHER, SecretString: 'x' },
      'ResourceExistsException',
    ],
    [
      'a name that exists, without a value',
      { Name: 'taken', ClientRequestToken: TOKEN },
      'ResourceExistsException',
    ],
    [
      'the same token with another value',
      { Name: 'taken', ClientRequestToken: TOKEN, SecretString: 'other' },
      'ResourceExistsException',
    ],
    ['a name scheduled for deletion', { Name: 'leaving', SecretString: 'x' }, 'InvalidRequestException'],
    ['a name with a space', { Name: 'a b' }, 'ValidationException'],
    ['a name of 513 characters', { Name: 'n'.repeat(513) }, 'ValidationException'],
    ['a token of 31 characters', { Name: 'n', ClientRequestToken: 'a'.repeat(31) }, 'ValidationException'],
    ['a value of 65,537 characters', { Name: 'n', SecretString: 'v'.repeat(65_537) }, 'ValidationException'],
    [
      'a key that is not in the template',
      { Name: 'n', SecretString: 'x', KmsKeyId: 'alias/none' },
      'InvalidParameterException',
    ],
  ])('refuses %s', async (_what, input, name) => {
    const { secrets } = await setUp();
    await secrets.send(
      new CreateSecretCommand({ Name: 'taken', ClientRequestToken: TOKEN, SecretString: 'x' }),
    );
    await secrets.send(new CreateSecretCommand({ Name: 'leaving' }));
    await secrets.send(new DeleteSecretCommand({ SecretId: 'leaving' }));
    expect(await refusal(secrets.send(new CreateSecretCommand(input)))).toMatchObject({ name });
  });

  it('repeated with the same token and value is the same secret', async () => {
    const { secrets } = await setUp();
    const create = () =>
      secrets.send(new CreateSecretCommand({ Name: 's', ClientRequestToken: TOKEN, SecretString: 'x' }));
    expect((await create()).ARN).toBe((await create()).ARN);
  });

  it('gives a deleted name another suffix', async () => {
    const { secrets } = await setUp();
    const { ARN } = await secrets.send(new CreateSecretCommand({ Name: 's' }));
    await secrets.send(new DeleteSecretCommand({ SecretId: 's', ForceDeleteWithoutRecovery: true }));
    expect((await secrets.send(new CreateSecretCommand({ Name: 's' }))).ARN).not.toBe(ARN);
  });
});

describe('deletion', () => {
  it('by force is immediate and may be repeated', async () => {
    const { secrets } = await setUp();
    await secrets.send(new CreateSecretCommand({ Name: 's', SecretString: 'x' }));
    for (let round = 0; round < 2; round += 1)
      await secrets.send(new DeleteSecretCommand({ SecretId: 's', ForceDeleteWithoutRecovery: true }));
    expect(await refusal(secrets.send(new GetSecretValueCommand({ SecretId: 's' })))).toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('with a window prevents use at once, and deletes the secret after the window', async () => {
    const { secrets, clock } = await setUp();
    await secrets.send(new CreateSecretCommand({ Name: 's', SecretString: 'x' }));
    await secrets.send(new DeleteSecretCommand({ SecretId: 's', RecoveryWindowInDays: 7 }));
    for (const command of [
      new GetSecretValueCommand({ SecretId: 's' }),
      new PutSecretValueCommand({ SecretId: 's', SecretString: 'y' }),
    ]) {
      expect(await refusal(secrets.send(command as never))).toMatchObject({
        name: 'InvalidRequestException',
      });
    }
    expect((await secrets.send(new DescribeSecretCommand({ SecretId: 's' }))).DeletedDate?.getTime()).toBe(
      START_MS,
    );
    clock.advance(7 * 86_400_000);
    expect(await refusal(secrets.send(new DescribeSecretCommand({ SecretId: 's' })))).toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it.each([
    ['a secret that does not exist, without force', { SecretId: 'none' }, 'ResourceNotFoundException'],
    [
      'force and a window',
      { SecretId: 's', ForceDeleteWithoutRecovery: true, RecoveryWindowInDays: 7 },
      'InvalidParameterException',
    ],
    ['a window of six days', { SecretId: 's', RecoveryWindowInDays: 6 }, 'InvalidParameterException'],
  ])('refuses %s', async (_what, input, name) => {
    const { secrets } = await setUp();
    await secrets.send(new CreateSecretCommand({ Name: 's' }));
    expect(await refusal(secrets.send(new DeleteSecretCommand(input)))).toMatchObject({ name });
  });
});

describe('access', () => {
  const policy = (statement: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Resource: '*', ...statement }] });

  it('is authorized on the ARN with its six characters', async () => {
    const { aws, client, secrets } = await setUp();
    await secrets.send(new CreateSecretCommand({ Name: 'x/y', SecretString: 'v' }));
    const exact = client(
      sessionWith(aws, 'Exact', allow('secretsmanager:GetSecretValue', `${PREFIX}x/y-??????`)),
    );
    const shorter = client(
      sessionWith(aws, 'Shorter', allow('secretsmanager:GetSecretValue', `${PREFIX}x-??????`)),
    );
    await expect(exact.send(new GetSecretValueCommand({ SecretId: 'x/y' }))).resolves.toMatchObject({
      SecretString: 'v',
    });
    expect(await refusal(shorter.send(new GetSecretValueCommand({ SecretId: 'x/y' })))).toMatchObject({
      name: 'AccessDeniedException',
      status: 400,
    });
  });

  it("can be granted and denied by the secret's own policy", async () => {
    const { aws, client, secrets } = await setUp();
    await secrets.send(new CreateSecretCommand({ Name: 's', SecretString: 'v' }));
    const reader = client(sessionWith(aws, 'Reader', undefined));
    const admin = client(sessionWith(aws, 'Admin', allow('secretsmanager:*')));
    const get = new GetSecretValueCommand({ SecretId: 's' });
    await secrets.send(
      new PutResourcePolicyCommand({
        SecretId: 's',
        ResourcePolicy: policy({
          Effect: 'Allow',
          Principal: { AWS: roleArn('Reader') },
          Action: 'secretsmanager:GetSecretValue',
        }),
      }),
    );
    await expect(reader.send(get)).resolves.toMatchObject({ SecretString: 'v' });
    const only = policy({
      Effect: 'Deny',
      Principal: '*',
      Action: 'secretsmanager:GetSecretValue',
      Condition: { StringNotEquals: { 'aws:SourceIdentity': 'transfer.t1' } },
    });
    await secrets.send(new PutResourcePolicyCommand({ SecretId: 's', ResourcePolicy: only }));
    expect((await refusal(admin.send(get))).message).toMatch(
      /with an explicit deny in a resource-based policy$/,
    );
  });

  it.each([
    ['what is not JSON', 'x'],
    ['no principal', policy({ Effect: 'Allow', Action: '*' })],
    [
      'a role that does not exist',
      policy({ Effect: 'Allow', Principal: { AWS: roleArn('Nobody') }, Action: '*' }),
    ],
  ])('refuses a resource policy with %s', async (_what, ResourcePolicy) => {
    const { secrets } = await setUp();
    await secrets.send(new CreateSecretCommand({ Name: 's' }));
    expect(
      await refusal(secrets.send(new PutResourcePolicyCommand({ SecretId: 's', ResourcePolicy }))),
    ).toMatchObject({ name: 'MalformedPolicyDocumentException' });
  });

  it('can be limited by version stage, name and tags', async () => {
    const { aws, client, secrets } = await setUp();
    await secrets.send(
      new CreateSecretCommand({ Name: 'tagged', SecretString: 'v', Tags: [{ Key: 'team', Value: 'a' }] }),
    );
    await secrets.send(new CreateSecretCommand({ Name: 'plain', SecretString: 'v' }));
    const Condition = {
      StringEquals: {
        'secretsmanager:ResourceTag/team': 'a',
        'secretsmanager:VersionStage': 'AWSCURRENT',
        'secretsmanager:Name': 'tagged',
      },
    };
    const reader = client(
      sessionWith(aws, 'Reader', allow('secretsmanager:GetSecretValue', '*', { Condition })),
    );
    await expect(reader.send(new GetSecretValueCommand({ SecretId: 'tagged' }))).resolves.toBeDefined();
    expect(await refusal(reader.send(new GetSecretValueCommand({ SecretId: 'plain' })))).toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('to a secret under a customer key needs the key as well', async () => {
    const { aws, client, secrets } = await setUp();
    const key = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/k1`;
    aws.keys.put(
      key,
      {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
            Action: 'kms:*',
            Resource: '*',
          },
        ],
      },
      'encrypts',
    );
    await secrets.send(new CreateSecretCommand({ Name: 's', SecretString: 'v', KmsKeyId: key }));
    const without = client(sessionWith(aws, 'Without', allow('secretsmanager:GetSecretValue')));
    expect((await refusal(without.send(new GetSecretValueCommand({ SecretId: 's' })))).message).toContain(
      'kms:Decrypt on resource: ' + key,
    );
    const viaService = {
      Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com' } },
    };
    aws.iam.putInline('Without', 'key', allow('kms:Decrypt', key, viaService), Number.NEGATIVE_INFINITY);
    await expect(without.send(new GetSecretValueCommand({ SecretId: 's' }))).resolves.toMatchObject({
      SecretString: 'v',
    });
  });

  it('refuses unsupported operations', async () => {
    const { secrets } = await setUp();
    expect(await refusal(secrets.send(new RestoreSecretCommand({ SecretId: 's' })))).toMatchObject({
      name: 'UnknownOperationException',
    });
  });
});
