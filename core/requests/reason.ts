/** The maximum length of a reason in a request, a decision, an early end or a schedule. */
export const REASON_CHARACTERS = 1024;
