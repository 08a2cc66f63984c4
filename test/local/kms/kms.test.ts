import { createHash, createPublicKey, verify } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { record } from '../state/recorded.ts';
import { ACCOUNT, allow, refusal, sessionWith, start } from '../support.ts';

const key = `arn:aws:kms:eu-central-1:${ACCOUNT}:key/k1`;
const account = {
  Version: '2012-10-17' as const,
  Statement: [
    {
      Effect: 'Allow' as const,
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: 'kms:*',
      Resource: '*',
    },
  ],
};
const digest = createHash('sha256').update('message').digest();
const sign = (KeyId = key, Message: Uint8Array = digest) =>
  new SignCommand({ KeyId, Message, MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' });

async function setUp(kind: 'signs' | 'encrypts' = 'signs') {
  const { aws } = await start();
  aws.keys.put(key, account, kind);
  return { aws, kms: new KMSClient({ ...aws.clientConfig() }) };
}

describe('a signing key', () => {
  it('gives signatures that verify with its public key, the same for the same digest', async () => {
    const { kms } = await setUp();
    const { PublicKey, KeySpec } = await kms.send(new GetPublicKeyCommand({ KeyId: key }));
    const publicKey = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
    const { Signature } = await kms.send(sign());
    expect(KeySpec).toBe('ECC_NIST_P256');
    expect(verify('sha256', Buffer.from('message'), publicKey, Signature ?? new Uint8Array())).toBe(true);
    expect((await kms.send(sign())).Signature).toEqual(Signature);
  });

  it('keeps its private key across a deployment and a restart', async () => {
    const { aws, kms } = await setUp();
    const saved = record(aws);
    const { Signature } = await kms.send(sign());
    aws.keys.put(key, account, 'signs');
    expect((await kms.send(sign())).Signature).toEqual(Signature);
    const other = await start({ seed: 'another' });
    other.aws.keys.put(key, account, 'signs');
    await other.aws.restore(await saved());
    const restored = new KMSClient({ ...other.aws.clientConfig() });
    expect((await restored.send(sign())).Signature).toEqual(Signature);
  });

  it('checks the caller’s policy, with the algorithm and the message type', async () => {
    const { aws } = await setUp();
    const only = (value: string) =>
      allow('kms:Sign', key, { Condition: { StringEquals: { 'kms:MessageType': value } } });
    const may = new KMSClient({ ...sessionWith(aws, 'May', only('DIGEST')) });
    const mayNot = new KMSClient({ ...sessionWith(aws, 'MayNot', only('RAW')) });
    await expect(may.send(sign())).resolves.toBeDefined();
    expect((await refusal(mayNot.send(sign()))).name).toBe('AccessDeniedException');
    expect((await refusal(may.send(new GetPublicKeyCommand({ KeyId: key })))).message).toContain(
      'kms:GetPublicKey',
    );
  });
});

describe('a key refuses to', () => {
  it.each([
    ['sign with an encryption key', 'encrypts', sign(), 'InvalidKeyUsageException'],
    ['sign something other than a digest', 'signs', sign(key, new Uint8Array(31)), 'ValidationException'],
    ['sign if it does not exist', 'signs', sign(`${key}2`), 'NotFoundException'],
    [
      'sign raw messages',
      'signs',
      new SignCommand({ KeyId: key, Message: digest, MessageType: 'RAW', SigningAlgorithm: 'ECDSA_SHA_256' }),
      'ValidationException',
    ],
  ] as const)('%s', async (_what, kind, command, name) => {
    const { kms } = await setUp(kind);
    expect((await refusal(kms.send(command))).name).toBe(name);
  });

  it('return a public key if it is symmetric', async () => {
    const { kms } = await setUp('encrypts');
    expect((await refusal(kms.send(new GetPublicKeyCommand({ KeyId: key })))).name).toBe(
      'UnsupportedOperationException',
    );
  });
});
