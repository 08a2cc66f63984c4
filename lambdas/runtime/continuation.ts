import type { Json } from './json.ts';

/**
 * The return value of a run that is not done. Only `task.more` makes it, so no result can look like one by
 * accident.
 */
export class More {
  readonly #checkpoint: Json;
  constructor(checkpoint: Json) {
    this.#checkpoint = checkpoint;
  }

  get checkpoint(): Json {
    return this.#checkpoint;
  }
}
