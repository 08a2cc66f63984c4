import { STSClient } from '@aws-sdk/client-sts';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import {
  proofOf,
  proofRequest,
  type CallerProof,
  type ProofPurpose,
} from '../../../../core/caller-proof/caller-proof.ts';
import { provenCaller } from '../../../../lambdas/control/caller-proof/proven-caller.ts';
import { ACCOUNT, allow, refusal, sessionWith, start } from '../../../local/support.ts';

const PURPOSE: ProofPurpose = {
  stack: 'Taskbound',
  function: 'renew',
  subject: { boundaryId: 'transfer.t1', lease: 1 },
};
const REGION = 'eu-central-1';
const { sha256 } = new STSClient({ region: REGION }).config;

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Signs a request as a worker does. `change` is made before it is signed. */
async function signed(
  credentials: Keys,
  atMs: number,
  { purpose = PURPOSE, region = REGION, change = {} as Partial<HttpRequest>, unsigned = [] as string[] } = {},
): Promise<CallerProof> {
  const request = new HttpRequest({ ...proofRequest(region, purpose), ...change });
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256 });
  const { headers } = await signer.sign(request, {
    signingDate: new Date(atMs),
    unsignableHeaders: new Set(unsigned),
  });
  return proofOf(headers);
}

async function setUp() {
  const { aws, clock } = await start({ policyDelayMs: 0 });
  const worker = sessionWith(aws, 'TaskRole', allow('s3:GetObject')).credentials as Keys;
  const own = sessionWith(aws, 'RenewRole', allow('sts:AssumeRole'));
  const deps = { aws: { ...own, maxAttempts: 1 }, clock };
  const prove = async (proof: CallerProof, purpose = PURPOSE) => provenCaller(proof, purpose, deps);
  return { aws, clock, worker, prove, sign: (more = {}) => signed(worker, clock.nowMs(), more) };
}

describe('a proven caller', () => {
  it('is the owner of the credentials that signed, not the function that asks', async () => {
    const { prove, sign } = await setUp();
    expect(await prove(await sign())).toMatchObject({
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/TaskRole/someone`,
      accountId: ACCOUNT,
    });
  });

  it('can be a user with a long-lived key', async () => {
    const { aws, clock, prove } = await setUp();
    const { accessKeyId, secretAccessKey } = aws.credentials.issueToUser('alice');
    const proof = await signed({ accessKeyId, secretAccessKey }, clock.nowMs());
    expect(await prove(proof)).toMatchObject({ arn: `arn:aws:iam::${ACCOUNT}:user/alice` });
  });

  it.each<[string, Partial<ProofPurpose>]>([
    ['stack', { stack: 'Other' }],
    ['function', { function: 'submit' }],
    ['boundary', { subject: { boundaryId: 'transfer.t2', lease: 1 } }],
    ['lease', { subject: { boundaryId: 'transfer.t1', lease: 2 } }],
    ['body', { subject: { body: 'a'.repeat(64) } }],
  ])('is not proven to another %s', async (_what, other) => {
    const { prove, sign } = await setUp();
    expect(await refusal(prove(await sign(), { ...PURPOSE, ...other }))).toMatchObject({
      name: 'NotPermitted',
      message: expect.stringContaining('SignatureDoesNotMatch'),
    });
  });

  it('is not proven by a signature that leaves out the purpose', async () => {
    const { prove, sign } = await setUp();
    const proof = await sign({ unsigned: ['x-taskbound-purpose'] });
    expect((await refusal(prove(proof))).message).toMatch(/does not cover the header x-taskbound-purpose/);
  });

  it('is not proven by a signature of another action', async () => {
    const { prove, sign } = await setUp();
    const proof = await sign({ change: { body: 'Action=AssumeRole&Version=2011-06-15' } });
    expect((await refusal(prove(proof))).message).toMatch(/SignatureDoesNotMatch/);
  });

  it('is not proven by more signed headers than a proof has', async () => {
    const { prove, sign } = await setUp();
    const { headers } = proofRequest(REGION, PURPOSE);
    const proof = await sign({ change: { headers: { ...headers, 'x-amz-target': 'other' } } });
    expect((await refusal(prove(proof))).message).toMatch(/covers the header x-amz-target/);
  });

  it('is not proven for another region', async () => {
    const { prove, sign } = await setUp();
    const proof = await sign({ region: 'us-east-1' });
    expect((await refusal(prove(proof))).message).toMatch(/for the region us-east-1, not eu-central-1/);
  });

  it('is proven for a minute, by clocks that may differ', async () => {
    const { clock, prove, sign } = await setUp();
    const proof = await sign();
    await clock.sleep(60_000);
    await expect(prove(proof)).resolves.toBeDefined();
    await clock.sleep(1000);
    expect((await refusal(prove(proof))).message).toMatch(/more than 60 seconds from now/);
  });

  it('is not proven by the date of another signature', async () => {
    const { clock, prove, sign } = await setUp();
    const old = await sign();
    await clock.sleep(120_000);
    const fresh = await sign();
    expect((await refusal(prove({ ...old, amzDate: fresh.amzDate }))).message).toMatch(
      /SignatureDoesNotMatch/,
    );
  });

  it('is not proven by a token that belongs to another key', async () => {
    const { aws, clock, prove } = await setUp();
    const other = sessionWith(aws, 'OtherRole', allow('s3:GetObject')).credentials as Keys;
    const { worker } = await setUp();
    const proof = await signed({ ...other, sessionToken: worker.sessionToken ?? '' }, clock.nowMs());
    expect((await refusal(prove(proof))).message).toMatch(/InvalidClientTokenId/);
  });

  it.each([
    '',
    'Bearer x',
    'AWS4-HMAC-SHA256 Credential=A/20261123/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=00',
  ])('is not proven by the authorization %j', async (authorization) => {
    const { prove, sign } = await setUp();
    expect((await refusal(prove({ ...(await sign()), authorization }))).message).toMatch(
      /is not a signature/,
    );
  });

  it('is unknown, and not refused, when STS does not answer', async () => {
    const { aws, prove, sign } = await setUp();
    const proof = await sign();
    aws.intercept = ({ operation }) =>
      operation === 'GetCallerIdentity'
        ? { refuse: { name: 'ServiceUnavailable', message: 'down', status: 503 } }
        : 'proceed';
    expect((await refusal(prove(proof))).name).toBe('ServiceUnavailable');
  });
});
