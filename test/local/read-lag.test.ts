import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import type { StartOptions } from 'taskbound-local/embedded-aws';
import { record } from './state/recorded.ts';
import { ACCOUNT_TRUST, allow, refusal, roleArn, sessionWith, start, START_MS } from './support.ts';

const TOKEN = 'a'.repeat(32);
const UNKNOWN = { name: 'ResourceNotFoundException' };

async function withLag(readLagMs: NonNullable<StartOptions['readLagMs']>) {
  const { aws, clock } = await start({ readLagMs });
  const secrets = new SecretsManagerClient({ ...aws.clientConfig(), maxAttempts: 1 });
  const create = (SecretString?: string) =>
    secrets.send(new CreateSecretCommand({ Name: 'a', SecretString, ClientRequestToken: TOKEN }));
  const get = (VersionId?: string) => secrets.send(new GetSecretValueCommand({ SecretId: 'a', VersionId }));
  const describeSecret = () => secrets.send(new DescribeSecretCommand({ SecretId: 'a' }));
  const put = (SecretString: string) =>
    secrets.send(new PutSecretValueCommand({ SecretId: 'a', SecretString }));
  return { aws, clock, secrets, create, get, describeSecret, put };
}

describe('a secret that was just created', () => {
  it('is unknown to every call but CreateSecret until the lag is over', async () => {
    const { clock, secrets, create, get, describeSecret, put } = await withLag(3_000);
    await create('one');
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    const putPolicy = () =>
      secrets.send(new PutResourcePolicyCommand({ SecretId: 'a', ResourcePolicy: policy }));
    for (const call of [get, describeSecret, () => put('two'), putPolicy])
      expect(await refusal(call())).toMatchObject(UNKNOWN);
    expect(await refusal(create())).toMatchObject({ name: 'ResourceExistsException' });
    await clock.sleep(2_999);
    expect(await refusal(get())).toMatchObject(UNKNOWN);
    await clock.sleep(1);
    expect(await get()).toMatchObject({ SecretString: 'one' });
    await describeSecret();
  });

  it('is not deleted by a forced deletion that does not know it yet, and which succeeds', async () => {
    const { aws, clock, secrets, create, describeSecret } = await withLag(3_000);
    await create('one');
    const remove = () =>
      secrets.send(new DeleteSecretCommand({ SecretId: 'a', ForceDeleteWithoutRecovery: true }));
    await remove();
    await clock.sleep(3_000);
    await describeSecret();
    await remove();
    expect(aws.secrets.store.all()).toEqual([]);
  });

  it('has versions that are unknown for the same time, while the earlier one is read', async () => {
    const { clock, create, get, put } = await withLag({ secretsmanager: 3_000 });
    await create('one');
    await clock.sleep(3_000);
    const { VersionId } = await put('two');
    expect(await refusal(get(VersionId))).toMatchObject(UNKNOWN);
    await clock.sleep(3_000);
    expect(await get(VersionId)).toMatchObject({ SecretString: 'two' });
  });

  it('stays unknown after a restart, until the lag is over', async () => {
    const { aws, clock, create } = await withLag(3_000);
    const saved = record(aws);
    await create('one');
    const [secret] = (await saved()).secrets ?? [];
    expect(secret).toMatchObject({ name: 'a', knownMs: clock.nowMs() + 3_000 });
  });

  it.each([0, { sts: 3_000 }])('is known at once with the lag %j', async (lag) => {
    const { create, get } = await withLag(lag);
    await create('one');
    expect(await get()).toMatchObject({ SecretString: 'one' });
  });
});

describe('a role that was just created', () => {
  const assume = async (lag: NonNullable<StartOptions['readLagMs']>, afterMs: number) => {
    const { aws, clock } = await start({ readLagMs: lag });
    const caller = sessionWith(aws, 'Issuer', allow('sts:AssumeRole'));
    await clock.sleep(60_000);
    aws.iam.putRole({ name: 'Task', trust: ACCOUNT_TRUST }, clock.nowMs());
    await clock.sleep(afterMs);
    const sts = new STSClient({ ...caller, maxAttempts: 1 });
    return sts.send(new AssumeRoleCommand({ RoleArn: roleArn('Task'), RoleSessionName: 'one' }));
  };

  it('is refused by AssumeRole like a role that does not exist, until the lag is over', async () => {
    const denied = await refusal(assume({ sts: 3_000 }, 2_999));
    expect(denied).toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('is not authorized to perform: sts:AssumeRole'),
    });
    expect((await assume({ sts: 3_000 }, 3_000)).Credentials?.AccessKeyId).toMatch(/^ASIA/);
  });

  it('keeps its time of creation when it is changed', async () => {
    const { aws, clock } = await start({ readLagMs: 3_000 });
    aws.iam.putRole({ name: 'Task', trust: ACCOUNT_TRUST }, START_MS);
    await clock.sleep(3_000);
    aws.iam.putRole({ name: 'Task', trust: ACCOUNT_TRUST }, clock.nowMs());
    const sts = new STSClient({ ...aws.clientConfig(), maxAttempts: 1 });
    await sts.send(new AssumeRoleCommand({ RoleArn: roleArn('Task'), RoleSessionName: 'one' }));
  });
});
