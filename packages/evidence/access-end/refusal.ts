/** One refusal could be a flicker of a policy on its way; so many in a row, a second apart, are taken for the end. */
export const REFUSALS_NEEDED = 3;

/** Error names for credentials past their own expiry: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
const EXPIRED = new Set(['ExpiredTokenException', 'ExpiredToken']);

/** Names for a caller that is not let in, or whose credentials are not known any more; the same page. */
const DENIED = new Set([
  'AccessDeniedException',
  'NotAuthorized',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
]);

/**
 * What an error says of a credential. `refused`: its access ended for good; `denied`: it is not let in now; `unclear`: nothing. An explicit
 * deny or an expired token is a refusal; an implicit deny is not, for it may be a policy that has not arrived yet.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function refusalKind(error: string, message: string): 'refused' | 'denied' | 'unclear' {
  if (EXPIRED.has(error)) return 'refused';
  if (error === 'AccessDeniedException' && message.includes('with an explicit deny')) return 'refused';
  return DENIED.has(error) ? 'denied' : 'unclear';
}
