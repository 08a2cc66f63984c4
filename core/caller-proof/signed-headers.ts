import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { PURPOSE_HEADER, proofRequest, type CallerProof, type ProofPurpose } from './caller-proof.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=[^/,\s]+\/(\d{8})\/([a-z0-9-]+)\/sts\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=[0-9a-f]{64}$/;

/** A proof is sent at once. The rest is for clocks that differ. */
const MAX_AGE_MS = 60_000;

/** Without these in the signature, somebody else could have chosen the time, the place or the purpose of the proof. */
const MUST_BE_SIGNED = ['host', 'x-amz-date', PURPOSE_HEADER];
const MAY_BE_SIGNED = [...MUST_BE_SIGNED, 'content-type', 'x-amz-content-sha256', 'x-amz-security-token'];

/** Where and when a proof is checked. */
export interface ProofCheck {
  readonly region: string;
  readonly nowMs: number;
}

/** Why a proof cannot be for this place and time, before STS is asked; undefined when it can. */
export function proofFault(proof: CallerProof, { region, nowMs }: ProofCheck): string | undefined {
  const [, day, signedRegion, names] = AUTHORIZATION.exec(proof.authorization) ?? [];
  if (day === undefined || names === undefined)
    return 'its authorization is not a signature (AWS4-HMAC-SHA256) for the service sts';
  if (signedRegion !== region) return `it is signed for the region ${signedRegion}, not ${region}`;
  const signed = names.split(';');
  const needed = proof.securityToken === undefined ? [] : ['x-amz-security-token'];
  const missing = [...MUST_BE_SIGNED, ...needed].find((name) => !signed.includes(name));
  if (missing !== undefined) return `its signature does not cover the header ${missing}`;
  const foreign = signed.find((name) => !MAY_BE_SIGNED.includes(name));
  if (foreign !== undefined)
    return `its signature covers the header ${foreign}, which is not part of a proof`;
  return timeFault(proof.amzDate, day, nowMs);
}

function timeFault(amzDate: string, day: string, nowMs: number): string | undefined {
  const atMs = msOf(amzDate);
  if (atMs === undefined || !amzDate.startsWith(day)) return `its date ${JSON.stringify(amzDate)} is none`;
  if (Math.abs(nowMs - atMs) <= MAX_AGE_MS) return undefined;
  return `it was signed at ${amzDate}, more than ${MAX_AGE_MS / 1000} seconds from now`;
}

/** `20261123T100000Z` as milliseconds. */
function msOf(amzDate: string): number | undefined {
  const [, date, time] = /^(\d{8})T(\d{6})Z$/.exec(amzDate) ?? [];
  if (date === undefined || time === undefined) return undefined;
  const iso = `${date.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`;
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The headers with which STS is asked: those of the request for this purpose, and the signature of the caller. */
export function provingHeaders(
  proof: CallerProof,
  region: string,
  purpose: ProofPurpose,
): Readonly<Record<string, string>> {
  const { headers, body } = proofRequest(region, purpose);
  return {
    ...headers,
    'x-amz-date': proof.amzDate,
    'x-amz-content-sha256': sha256Hex(body),
    ...(proof.securityToken !== undefined && { 'x-amz-security-token': proof.securityToken }),
    authorization: proof.authorization,
  };
}
