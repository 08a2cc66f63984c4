import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockAws } from '../../fixtures/mock-aws.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { misbehave, type How } from '../../fixtures/work/misbehaving.ts';
import { PASSWORD, SESSION, VALUES, fakeRuntime } from './harness.ts';

const s3 = mockAws(S3Client);
const sts = mockAws(STSClient);
const denied = () => Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
const secrets = {
  password: 'taskbound/S/demo/demo.t-1/n/password',
  signingKey: 'taskbound/S/demo/demo.t-1/n/signingKey',
};

beforeEach(() => {
  vi.stubEnv('SOURCE_BUCKET', 'from');
  vi.stubEnv('OTHER_BUCKET', 'other');
});
afterEach(() => {
  vi.unstubAllEnvs();
  s3.reset();
  sts.reset();
});

function misbehaving(how: How) {
  const around = fakeRuntime();
  around.secrets
    .on(GetSecretValueCommand, { SecretId: secrets.signingKey })
    .resolves({ SecretString: `signing-${PASSWORD}` });
  around.secrets.on(GetSecretValueCommand, { SecretId: 'target' }).rejects(denied());
  return around.invoke(misbehave, { parameters: { how, key: 'k', target: 'target' }, secrets });
}

describe('the misbehaving work, under the runtime', () => {
  it.each<[How, string]>([
    ['throws', 'WorkBroke'],
    ['throws-text', 'NotAnError'],
    ['floods', 'ResultTooLarge'],
    ['invalid-return', 'ResultNotJson'],
  ])('%s ends with the error %s', async (how, name) => {
    await expect(misbehaving(how)).rejects.toMatchObject({ name });
  });

  it.each<How>(['sibling-key', 'listing', 'other-bucket', 'assume-role', 'other-secret', 'own-role'])(
    '%s ends with AWS’s refusal',
    async (how) => {
      s3.on(GetObjectCommand).rejects(denied());
      s3.on(ListObjectsV2Command).rejects(denied());
      sts.on(AssumeRoleCommand).rejects(denied());
      await expect(misbehaving(how)).rejects.toMatchObject({ name: 'AccessDenied' });
    },
  );

  it.each<How>(['sibling-key', 'listing', 'other-bucket', 'assume-role'])(
    '%s ends with NotDenied when AWS does not refuse it',
    async (how) => {
      s3.onAnyCommand().resolves({});
      sts.onAnyCommand().resolves({});
      await expect(misbehaving(how)).rejects.toMatchObject({ name: 'NotDenied' });
    },
  );

  it('leaks no value through its result', async () => {
    const text = JSON.stringify(await misbehaving('leak-result'));
    for (const value of [...VALUES, SESSION.sessionToken])
      expect(text).not.toContain(JSON.stringify(value).slice(1, -1));
    expect(text).toContain('[redacted]');
  });

  it('leaks no value through its error', async () => {
    const error: unknown = await misbehaving('leak-error').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'WorkLeaked', message: expect.stringContaining('[redacted]') });
    const text = `${String(error)} ${error instanceof Error ? error.stack : ''}`;
    for (const value of VALUES) expect(text).not.toContain(JSON.stringify(value).slice(1, -1));
  });
});
