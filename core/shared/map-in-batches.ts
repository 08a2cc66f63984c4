/**
 * Calls `each` on everything, `width` at a time; results in the order of what was given. When some fail, their companions are waited for,
 * nothing further is begun, and the first error in that order is thrown: which one it is does not hang on who answers first.
 */
export async function mapInBatches<T, Result>(
  all: readonly T[],
  width: number,
  each: (item: T) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < all.length; at += width) {
    for (const settled of await Promise.allSettled(all.slice(at, at + width).map(each))) {
      if (settled.status === 'rejected') throw settled.reason;
      results.push(settled.value);
    }
  }
  return results;
}
