import type { RecordRef } from './result.ts';

/** Compares by code units, so the order is the same on every machine. */
const compare = (left: string, right: string): number => (left < right ? -1 : Number(left > right));

const byTime = (left: RecordRef, right: RecordRef): number =>
  compare(left.at, right.at) || compare(left.eventId, right.eventId) || compare(left.file, right.file);

/** How many records of one finding are listed. The others are only counted. */
export const LISTED_RECORDS = 20;

/**
 * Keeps the earliest records of many, and counts all of them. The order in which they are added makes no
 * difference.
 */
export class FirstRefs {
  readonly #limit: number;
  readonly #kept: RecordRef[] = [];
  #count = 0;

  constructor(limit = LISTED_RECORDS) {
    this.#limit = limit;
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
    if (this.#kept.length >= this.#limit && last !== undefined && byTime(ref, last) >= 0) return;
    const at = this.#kept.findIndex((kept) => byTime(ref, kept) < 0);
    this.#kept.splice(at < 0 ? this.#kept.length : at, 0, ref);
    if (this.#kept.length > this.#limit) this.#kept.pop();
  }

  /** Adds all records of `others`, including those that it only counted. */
  addAll(others: FirstRefs): void {
    for (const ref of others.list) this.add(ref);
    this.#count += others.count - others.list.length;
  }
}
