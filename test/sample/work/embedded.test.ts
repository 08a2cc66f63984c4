import { generateKeyPairSync } from 'node:crypto';
import { buildSync } from 'esbuild';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { dsseEnvelope, verifyEnvelope } from 'taskbound-evidence/signature/dsse';
import type { Service } from 'taskbound-local/gateway/service';
import { S3Service } from 'taskbound-local/s3/service';
import { lambdaFixture } from '../../local/lambda/fixture.ts';
import { HOWS, type How } from '../../fixtures/work/misbehaving.ts';
import { SESSION, workEvent } from '../../lambdas/runtime/harness.ts';

/** The bundled work functions in the embedded Lambda, with real SDK clients against the embedded S3. */
const bundle = (entry: string): string =>
  buildSync({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    write: false,
  }).outputFiles[0]?.text ?? '';

const pair = generateKeyPairSync('ed25519');
const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const values: Record<string, string> = {
  session: JSON.stringify(SESSION),
  receiptKey: pem,
  signingKey: pem,
  password: 'Zq8wLr5tYp2nVb6kXc9mHd4s',
};

const secretsManager: Service = {
  signingName: 'secretsmanager',
  handle: async ({ body }) => {
    const { SecretId }: { SecretId: string } = JSON.parse(Buffer.from(body).toString());
    const text = JSON.stringify({ SecretString: values[SecretId], VersionId: 'v' });
    return {
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: Buffer.from(text),
    };
  },
  renderError: () => ({ status: 500, headers: {}, body: new Uint8Array() }),
};

let transferCode = '';
let misbehavingCode = '';
beforeAll(() => {
  transferCode = bundle('sample/work/object-transfer/index.ts');
  misbehavingCode = bundle('test/fixtures/work/misbehaving.ts');
});

let lambda = lambdaFixture();
let s3 = new S3Service({ clock: lambda.clock });
beforeEach(() => {
  lambda = lambdaFixture();
  s3 = new S3Service({ clock: lambda.clock, limits: { partBytes: 4 } });
  for (const bucket of ['from', 'into']) s3.createBucket(bucket);
  lambda.gateway.register(s3);
  lambda.gateway.register(secretsManager);
});

function invoke(code: string, parameters: Record<string, string>, environment: Record<string, string> = {}) {
  const buckets = { SOURCE_BUCKET: 'from', DESTINATION_BUCKET: 'into', OTHER_BUCKET: 'into' };
  lambda.create('work', code, { environment: { ...buckets, ...environment }, timeoutSeconds: 60 });
  const secrets = { receiptKey: 'receiptKey', signingKey: 'signingKey', password: 'password' };
  return lambda.invoke('work', workEvent({ parameters, sessionSecretId: 'session', secrets }));
}

const KEYS = [
  'plain.csv',
  'a b/c+d%20e',
  'x/../y',
  '..',
  'empty//segment',
  'tail/',
  '/lead',
  'q?versionId=1#f',
  '*$?',
  'quote"\'s',
  'back\\slash',
  'Ünï',
  'a&b=c;d',
  '~!()',
];

describe('the deployed object-transfer', () => {
  it.each(
    KEYS.flatMap((key) => [
      [key, 'whole'],
      [key, 'in parts'],
    ]),
  )('moves only %j (%s)', async (key, way) => {
    const content = Buffer.from(`content of ${key} \u0000\uFFFF`);
    s3.put('from', key, content);
    const limits = way === 'whole' ? {} : { SINGLE_COPY_LIMIT_BYTES: '4', PART_BYTES: '5' };
    const destinationKey = `in/${key}`;
    const { payload, error } = await invoke(transferCode, { sourceKey: key, destinationKey }, limits);
    expect(error).toBeUndefined();
    expect(s3.keys('into')).toEqual([destinationKey, `${destinationKey}.receipt.json`]);
    expect(s3.get('into', destinationKey)?.equals(content)).toBe(true);
    const receipt = s3.get('into', `${destinationKey}.receipt.json`)?.toString() ?? '';
    expect(verifyEnvelope(dsseEnvelope.parse(JSON.parse(receipt)), pair.publicKey)).toBe(true);
    expect(JSON.parse(payload)).toMatchObject({
      done: true,
      result: {
        bytes: content.length,
        check: 'full-object-checksum',
        receipt: { sha256: sha256Hex(receipt) },
      },
    });
    const asked = new Set(lambda.gateway.checks.map(({ action, resource }) => `${action} ${resource}`));
    expect(asked).toEqual(
      new Set([
        `s3:GetObject arn:aws:s3:::from/${key}`,
        `s3:PutObject arn:aws:s3:::into/${destinationKey}`,
        `s3:PutObject arn:aws:s3:::into/${destinationKey}.receipt.json`,
      ]),
    );
  });

  it('reports a missing source with the error of S3', async () => {
    lambda.gateway.allows = ({ action }) => action !== 's3:ListBucket';
    const { error } = await invoke(transferCode, { sourceKey: 'nowhere', destinationKey: 'x' });
    expect(error).toMatchObject({
      errorType: 'SourceUnreadable',
      errorMessage: expect.stringMatching(/"nowhere" in bucket from.*AccessDenied/),
    });
    expect(s3.keys('into')).toEqual([]);
  });

  it('aborts the upload when a part is refused', async () => {
    s3.put('from', 'k', Buffer.from('twelve bytes'));
    let reads = 0;
    lambda.gateway.allows = ({ action }) => action !== 's3:GetObject' || ++reads < 3;
    const { error } = await invoke(
      transferCode,
      { sourceKey: 'k', destinationKey: 'x' },
      { SINGLE_COPY_LIMIT_BYTES: '4', PART_BYTES: '5' },
    );
    expect(error?.errorType).toBe('AccessDenied');
    expect(s3.store.bucket('into').uploads.size).toBe(0);
  });
});

describe('the deployed misbehaving work', () => {
  const endings: Partial<Record<How, string>> = {
    throws: 'WorkBroke',
    'throws-text': 'NotAnError',
    exits: 'Runtime.ExitError',
    hangs: 'Sandbox.Timedout',
    floods: 'ResultTooLarge',
    'invalid-return': 'ResultNotJson',
    'hands-on-too-much': 'CheckpointTooLarge',
    'hands-on-a-circle': 'ResultNotJson',
    'leak-error': 'WorkLeaked',
    'sibling-key': 'AccessDenied',
    listing: 'AccessDenied',
    'other-bucket': 'AccessDenied',
    'own-role': 'AccessDenied',
  };
  const cases = HOWS.filter((how) => !['assume-role', 'other-secret', 'leak-stray'].includes(how));

  it.each(cases)('%s ends with the expected error, and no secret value is in any output', async (how) => {
    s3.put('from', 'k', Buffer.from('mine'));
    lambda.gateway.allows = ({ resource }) => how === 'succeed' && resource === 'arn:aws:s3:::from/k';
    const { payload, error } = await invoke(misbehavingCode, { how, key: 'k', target: 'sibling' });
    expect(error?.errorType).toBe(endings[how]);
    const all = `${payload} ${JSON.stringify(lambda.host.logs)}`;
    const secret = [
      SESSION.secretAccessKey,
      SESSION.sessionToken,
      values['password'] ?? '',
      pem.split('\n')[1] ?? '',
    ];
    for (const value of secret) expect(all).not.toContain(value);
    if (how.startsWith('leak')) expect(all).toContain('[redacted]');
  });
});
