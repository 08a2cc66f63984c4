/**
 * Calls `each` for all items, `width` at a time, and returns the results in the order of the items. If some
 * calls fail, the batch is awaited, no further batch is started, and the first error in the order of the
 * items is thrown, so it does not depend on timing.
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
