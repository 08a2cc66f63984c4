import type { RecordRef } from './result.ts';

/** Text order by code units: the same on every machine. */
const compare = (left: string, right: string): number => (left < right ? -1 : Number(left > right));

const byTime = (left: RecordRef, right: RecordRef): number =>
  compare(left.at, right.at) || compare(left.eventId, right.eventId) || compare(left.file, right.file);

/** Records of one thing that are kept to be named; the rest is counted. */
export const NAMED = 20;

/**
 * The first records of many, by their own times, and how many there were: whatever order they come in, and however many, the same few are
 * kept.
 */
export class FirstRefs {
  readonly #most: number;
  readonly #kept: RecordRef[] = [];
  #count = 0;

  constructor(most = NAMED) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  get list(): readonly RecordRef[] {
    return this.#kept;
  }

  add(ref: RecordRef): void {
    this.#count += 1;
    const last = this.#kept.at(-1);
    if (this.#kept.length >= this.#most && last !== undefined && byTime(ref, last) >= 0) return;
    const at = this.#kept.findIndex((kept) => byTime(ref, kept) < 0);
    this.#kept.splice(at < 0 ? this.#kept.length : at, 0, ref);
    if (this.#kept.length > this.#most) this.#kept.pop();
  }

  /** All of another's, those that it only counted included. */
  addAll(others: FirstRefs): void {
    for (const ref of others.list) this.add(ref);
    this.#count += others.count - others.list.length;
  }
}
