import { GetCallerIdentityCommand, STSClient, STSServiceException } from '@aws-sdk/client-sts';
import { HttpRequest } from '@smithy/protocol-http';
import type { Clock } from 'taskbound-time/clock';
import { describeError } from 'taskbound-evidence/describe-error';
import {
  proofRequest,
  type CallerProof,
  type ProofPurpose,
} from '../../../core/caller-proof/caller-proof.ts';
import { proofFault, provingHeaders } from '../../../core/caller-proof/signed-headers.ts';
import { NotPermitted } from '../../../core/shared/errors.ts';
import type { VerifiedCaller } from '../function/caller.ts';
import type { AwsConfig } from '../function/aws-config.ts';

export interface ProofDependencies {
  readonly aws: AwsConfig;
  readonly clock: Clock;
}

/**
 * Lets STS answer a caller's signed request, and returns who signed it. STS compares the signature with the request that this function builds: a
 * proof for another stack, function, lease or body does not match. Throws `NotPermitted` when STS refuses the proof or it is too old, and STS's own
 * error when STS does not answer.
 */
export async function provenCaller(
  proof: CallerProof,
  purpose: ProofPurpose,
  { aws, clock }: ProofDependencies,
): Promise<VerifiedCaller> {
  const region = await new STSClient({ ...aws }).config.region();
  const fault = proofFault(proof, { region, nowMs: clock.nowMs() });
  if (fault !== undefined) throw notProven(purpose, fault);
  const sts = new STSClient({ ...aws, signer: signerOf(proof, region, purpose) });
  try {
    const { Arn: arn, UserId: userId, Account: accountId } = await sts.send(new GetCallerIdentityCommand({}));
    if (!arn || !userId || !accountId) throw notProven(purpose, 'STS named no caller');
    return { arn, userId, accountId };
  } catch (error) {
    throw isRefusal(error) ? notProven(purpose, `STS refused it (${describeError(error)})`) : error;
  } finally {
    sts.destroy();
  }
}

/** Does not sign: it replaces the headers by those of the caller, so that the SDK sends the caller's request, and reads the answer. */
const signerOf = (proof: CallerProof, region: string, purpose: ProofPurpose) => ({
  sign: async (request: unknown): Promise<HttpRequest> => {
    const { body } = proofRequest(region, purpose);
    const sent = HttpRequest.clone(request as HttpRequest);
    sent.headers = {
      ...provingHeaders(proof, region, purpose),
      'content-length': String(Buffer.byteLength(body)),
    };
    sent.body = body;
    return sent;
  },
});

/** STS knows the request and refuses it. Throttling and server errors say nothing about the caller. */
const isRefusal = (error: unknown): boolean =>
  error instanceof STSServiceException &&
  /^(SignatureDoesNotMatch|IncompleteSignature|InvalidClientTokenId|ExpiredToken(Exception)?|MissingAuthenticationToken|AccessDenied)$/.test(
    error.name,
  );

const notProven = ({ function: called }: ProofPurpose, why: string): NotPermitted =>
  new NotPermitted(
    `The caller of ${called} is not proven: ${why}. Sign a new GetCallerIdentity request for this call, with valid credentials, and send it at once.`,
  );
