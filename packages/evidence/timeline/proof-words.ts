/** How it is known that access is gone, in words. */
export const PROOF_WORDS: Readonly<Record<string, string>> = {
  refused: "the task's own credential was used and refused",
  'nothing-issued': 'no credential was ever issued',
  expired: 'a credential that could not be tested has passed its deadline',
};
