import type { Caller, RawRequest } from '../service.ts';
import type { CredentialStore, KnownKey } from './credentials.ts';
import { authError, skewError } from './auth-errors.ts';
import { type Authorization, formatAmzDate, isSignedBy, parseAmzDate } from './sigv4.ts';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html#signature-v4-troubleshooting-credential-scope */
const MAX_SKEW_MS = 5 * 60_000;

/** The time at which the request was signed. Throws if it differs from now by more than five minutes. */
function signedAt(request: RawRequest, authorization: Authorization, nowMs: number): number {
  const text = request.headers['x-amz-date'] ?? '';
  const ms = parseAmzDate(text);
  if (ms === undefined || !text.startsWith(authorization.date))
    throw authError(authorization.service, 'bad-signature');
  if (Math.abs(ms - nowMs) > MAX_SKEW_MS) throw skewError(authorization.service, text, formatAmzDate(nowMs));
  return ms;
}

/** The session token must belong to the key. The key's expiry is checked later, after the signature. */
function checkToken(request: RawRequest, service: string, key: KnownKey): void {
  if (request.headers['x-amz-security-token'] !== key.sessionToken) throw authError(service, 'unknown-key');
}

/** The caller of a signed request. Throws the called service's own error for each problem. */
export async function authenticate(
  request: RawRequest,
  authorization: Authorization,
  credentials: CredentialStore,
  nowMs: number,
): Promise<Caller> {
  const { service } = authorization;
  const key = credentials.find(authorization.accessKeyId);
  if (key === undefined) throw authError(service, 'unknown-key');
  checkToken(request, service, key);
  const atMs = signedAt(request, authorization, nowMs);
  if (!(await isSignedBy(request, authorization, key.secretAccessKey, atMs)))
    throw authError(service, 'bad-signature');
  return assertUnexpired(key, service, nowMs);
}

/** The owner of an issued key, without a signature. Throws like `authenticate` for an unknown or expired key. */
export function ownerOf(
  service: string,
  accessKeyId: string,
  credentials: CredentialStore,
  nowMs: number,
): Caller {
  const key = credentials.find(accessKeyId);
  if (key === undefined) throw authError(service, 'unknown-key');
  return assertUnexpired(key, service, nowMs);
}

function assertUnexpired({ caller }: KnownKey, service: string, nowMs: number): Caller {
  if (caller.expiresAtMs !== undefined && nowMs >= caller.expiresAtMs) throw authError(service, 'expired');
  return caller;
}
