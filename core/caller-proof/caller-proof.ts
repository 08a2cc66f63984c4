import * as z from 'zod';
import { digestOf } from 'taskbound-evidence/canonical-json/digest';

/**
 * How a caller proves who it is to a function: it signs a request to STS GetCallerIdentity, and the function lets STS answer it. Whoever can
 * invoke the function directly cannot make this signature. Vault and the authenticator of EKS log in the same way.
 *
 * The caller sends three header values only. The function builds the rest of the request itself, so nothing else can be chosen by the caller: no
 * other host, action or header.
 */
const callerProof = z.strictObject({
  authorization: z.string().min(1).max(1024),
  /** `20261123T100000Z` */
  amzDate: z.string().min(1).max(32),
  /** Absent for the long-lived key of an IAM user. */
  securityToken: z.string().min(1).max(8192).optional(),
});
export type CallerProof = z.infer<typeof callerProof>;

/** What a proof is good for. A proof for one call proves nothing to another. */
export interface ProofPurpose {
  readonly stack: string;
  /** The function that is called: `renew`. */
  readonly function: string;
  /** The boundary and lease that are renewed, or the SHA-256 of the body that is submitted. */
  readonly subject: Readonly<Record<string, string | number>>;
}

/** The signed header that binds a proof to its purpose. */
export const PURPOSE_HEADER = 'x-taskbound-purpose';

const BODY = 'Action=GetCallerIdentity&Version=2011-06-15';
const CONTENT_TYPE = 'application/x-www-form-urlencoded';

/** The regional endpoint: https://docs.aws.amazon.com/general/latest/gr/sts.html */
const hostOf = (region: string): string =>
  `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;

/** The request to STS that the caller signs, and that the function sends. */
export interface ProofRequest {
  readonly method: 'POST';
  readonly protocol: 'https:';
  readonly hostname: string;
  readonly path: '/';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function proofRequest(region: string, purpose: ProofPurpose): ProofRequest {
  const hostname = hostOf(region);
  const { stack, function: called, subject } = purpose;
  return {
    method: 'POST',
    protocol: 'https:',
    hostname,
    path: '/',
    headers: {
      host: hostname,
      'content-type': CONTENT_TYPE,
      [PURPOSE_HEADER]: digestOf({ stack, function: called, subject }),
    },
    body: BODY,
  };
}

/** The headers of a signed request that are sent as the proof. */
export const proofOf = (headers: Readonly<Record<string, string>>): CallerProof =>
  callerProof.parse({
    authorization: headers['authorization'],
    amzDate: headers['x-amz-date'],
    securityToken: headers['x-amz-security-token'],
  });
