import type { ChainedEvent } from 'taskbound-evidence/chain/evidence';
import type { LedgerRow } from './ledger.ts';
import type { itemOf } from 'taskbound-evidence/lookup/lookup';

interface Keys<Item> {
  readonly partitionKey: keyof Item & string;
  readonly sortKey?: keyof Item & string;
}

interface Index<Item> extends Required<Keys<Item>> {
  readonly name: string;
}

/** One row for each task. */
export const LEDGER_KEYS = { partitionKey: 'boundaryId' } as const satisfies Keys<LedgerRow>;

/** A task's events, in order. */
export const EVIDENCE_KEYS = {
  partitionKey: 'boundaryId',
  sortKey: 'seq',
} as const satisfies Keys<ChainedEvent>;

/** The ledger's index that lists a day's tasks, newest first. */
export const DAY_INDEX = {
  name: 'byDay',
  partitionKey: 'day',
  sortKey: 'requestedAtMs',
} as const satisfies Index<LedgerRow>;

/** The ledger's sparse index of the rows that the reconciler must look at, now or later. */
export const DUE_INDEX = {
  name: 'due',
  partitionKey: 'due',
  sortKey: 'dueAtMs',
} as const satisfies Index<LedgerRow>;

/**
 * The evidence's sparse index of the events by which a task is found: who requested it, who decided, which access key was issued. See
 * `packages/evidence/lookup/lookup.ts`.
 */
export const LOOKUP_INDEX = {
  name: 'lookup',
  partitionKey: 'lookup',
  sortKey: 'at',
} as const satisfies Index<ReturnType<typeof itemOf>>;
