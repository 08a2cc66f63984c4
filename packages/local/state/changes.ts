/** The name of one saved value: a kind, and what identifies the value within it. */
export type SavedKey = readonly [kind: SavedKind, ...parts: readonly string[]];

/** The kinds of values that are saved. `body` has the bytes of an object; every other kind is JSON. */
export type SavedKind =
  | 'access-key'
  | 'body'
  | 'definition'
  | 'event'
  | 'execution'
  | 'item'
  | 'log'
  | 'message'
  | 'object'
  | 'policy'
  | 'role'
  | 'schema'
  | 'secret'
  | 'signing-key';

/** Receives each change. `value` is called later, once for several changes of the same key; it returns undefined when the value is gone. */
export type ChangeListener = (key: SavedKey, value: () => unknown) => void;

/**
 * Where the services report what changed, as soon as it changed and before anyone can see it. So what is saved is always a state that
 * existed: it never contains an effect without its causes.
 */
export class Changes {
  #listener: ChangeListener | undefined;

  /** From now on, `listener` receives each change. Changes before were part of a template or of a restored state. */
  follow(listener: ChangeListener): void {
    this.#listener = listener;
  }

  /** Whether anyone listens. For changes whose value costs something to read. */
  get isFollowed(): boolean {
    return this.#listener !== undefined;
  }

  note(key: SavedKey, value: () => unknown): void {
    this.#listener?.(key, value);
  }
}
