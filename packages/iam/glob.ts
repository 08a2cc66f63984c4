/** The wildcard `*`: any run of characters, including an empty one. */
export const ANY_RUN = -1;
/** The wildcard `?`: exactly one character. */
export const ANY_ONE = -2;

/** A pattern: literal UTF-16 code units and the two wildcards. A literal `*` or `?` is a plain code unit. */
export type Glob = readonly number[];

/**
 * The number of code units of the character at `at`: two for a surrogate pair, so `?` matches a whole
 * character.
 */
function characterLength(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first < 0xd800 || first > 0xdbff) return 1;
  const second = text.charCodeAt(at + 1);
  return second >= 0xdc00 && second <= 0xdfff ? 2 : 1;
}

/**
 * Whether the whole text matches. Only the last `*` is retried, one character further each time. So the work
 * is at most pattern length times text length, for any pattern.
 */
export function matchesGlob(glob: Glob, text: string): boolean {
  let at = 0;
  let next = 0;
  let runNext = -1;
  let runAt = 0;
  while (at < text.length) {
    const wanted = glob[next];
    if (wanted === ANY_RUN) {
      runNext = ++next;
      runAt = at;
      if (next === glob.length) return true;
    } else if (wanted === ANY_ONE) {
      at += characterLength(text, at);
      next++;
    } else if (wanted === text.charCodeAt(at)) {
      at++;
      next++;
    } else if (runNext >= 0) {
      next = runNext;
      at = ++runAt;
    } else {
      return false;
    }
  }
  while (glob[next] === ANY_RUN) next++;
  return next === glob.length;
}
