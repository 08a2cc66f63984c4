import type { RequestContext } from './policy.ts';

/** The condition keys of one request, compared without regard to case. The index is built on first use. */
export class ContextView {
  readonly #context: RequestContext;
  #byKey: Map<string, string | readonly string[]> | undefined;

  constructor(context: RequestContext) {
    this.#context = context;
  }

  /** All values of a key given in lower case; `undefined` when it is absent or has none. */
  values(key: string): readonly string[] | undefined {
    const found = this.#find(key);
    if (found === undefined) return undefined;
    if (typeof found === 'string') return [found];
    return found.length === 0 ? undefined : found;
  }

  /** The value of a single-valued key. Keys with a list of values cannot be policy variables. */
  single(key: string): string | undefined {
    const found = this.#find(key);
    return typeof found === 'string' ? found : undefined;
  }

  #find(key: string): string | readonly string[] | undefined {
    this.#byKey ??= new Map(
      Object.entries(this.#context).map(([name, value]) => [name.toLowerCase(), value]),
    );
    return this.#byKey.get(key);
  }
}
