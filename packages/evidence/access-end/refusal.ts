/** One refusal could come from a policy that is still propagating; this many in a row, a second apart, are taken as the end of access. */
export const REFUSALS_NEEDED = 3;

/** Error names for credentials past their own expiry: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
const EXPIRED = new Set(['ExpiredTokenException', 'ExpiredToken']);

/** Error names for a caller that is denied, or whose credentials do not exist any more; the same page. */
const DENIED = new Set([
  'AccessDeniedException',
  'NotAuthorized',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
]);

/**
 * What an error shows about a credential. `refused`: its access ended permanently; `denied`: it is denied now; `unclear`: nothing. An
 * explicit deny or an expired token is a refusal. An implicit deny is not, because a policy may not have propagated yet.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function refusalKind(error: string, message: string): 'refused' | 'denied' | 'unclear' {
  if (EXPIRED.has(error)) return 'refused';
  if (error === 'AccessDeniedException' && message.includes('with an explicit deny')) return 'refused';
  return DENIED.has(error) ? 'denied' : 'unclear';
}
