import type { Json } from './json.ts';

/** What a run returns that is not done. Made by `task.more` only: no result can look like one by accident. */
export class More {
  readonly #checkpoint: Json;
  constructor(checkpoint: Json) {
    this.#checkpoint = checkpoint;
  }

  get checkpoint(): Json {
    return this.#checkpoint;
  }
}
