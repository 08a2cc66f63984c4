import { Changes, type SavedKey } from 'taskbound-local/state/changes';
import { stateOf, type SavedState } from 'taskbound-local/state/saved-state';

type Follow = (listener: (key: SavedKey, value: () => unknown) => void) => void;

const asSaved = (value: unknown): unknown =>
  Buffer.isBuffer(value) ? value : JSON.parse(JSON.stringify(value));

/** Follows the changes of services, and returns what would be saved of them at any time. */
export function record(target: { readonly follow: Follow } = new Changes()): () => Promise<SavedState> {
  const values = new Map<string, readonly [SavedKey, () => unknown]>();
  target.follow((key, value) => values.set(JSON.stringify(key), [key, value]));
  return () => {
    const entries = [...values]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([, [key, read]]) => [key, read()] as const)
      .filter(([, value]) => value !== undefined);
    return stateOf(entries.map(([key, value]) => [key, asSaved(value)] as const));
  };
}
