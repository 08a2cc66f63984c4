/** How long a reason may be, in a request, a decision, an end or a schedule. */
export const REASON_CHARACTERS = 1024;
