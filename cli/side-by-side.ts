/** Calls `each` on everything, `width` at a time; results in the order of what was given. */
export async function sideBySide<T, Result>(
  all: readonly T[],
  width: number,
  each: (item: T) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < all.length; at += width)
    results.push(...(await Promise.all(all.slice(at, at + width).map(each))));
  return results;
}
