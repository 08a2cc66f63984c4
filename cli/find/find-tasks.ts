import type { KeyObject } from 'node:crypto';
import type { ChainedEvent } from 'taskbound-evidence/chain/evidence';
import { valueOrFault } from '../connection/value-or-fault.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { issued, lookupOf } from 'taskbound-evidence/lookup/lookup';
import { confirmMatch, NO_EVIDENCE, type Found, type Pointer } from 'taskbound-evidence/lookup/pointer';
import { type ReviewRow } from '../../core/approvals/review.ts';
import { reviewedBy } from 'taskbound-evidence/names/review-id';
import { UsageError } from 'taskbound-evidence/command/errors';
import type { FindQuery } from './find-query.ts';
import type { StackRecords } from '../../client/stack/stack-records.ts';

/** One boundary or review that a look-up found, with the event that matches. */
export interface FoundTask extends Found {
  readonly boundaryId: string;
  readonly row?: LedgerRow;
  readonly review?: ReviewRow;
}

export interface FoundTasks {
  /** Newest first. */
  readonly tasks: readonly FoundTask[];
  /** There are more than the limit. */
  readonly more: boolean;
}

/** What `find` reads from. */
export interface FindSources {
  readonly records: StackRecords;
  readonly stack: string;
  /** The stack's public key, which verifies its evidence. */
  readonly key: KeyObject;
}

/** Finds boundaries through an index or a secret's name, and confirms them with their evidence. Throws `UsageError` for a secret of another stack. */
export async function findTasks(query: FindQuery, sources: FindSources, limit: number): Promise<FoundTasks> {
  const pointers = await pointersTo(query, sources, limit + 1);
  const found = await Promise.all(pointers.slice(0, limit).map((pointer) => readFoundTask(pointer, sources)));
  // A secret's name can be invented and then matches nothing. An index entry that matches nothing must be reported.
  const tasks = query.by === 'secret' ? found.filter(exists) : found;
  return { tasks, more: pointers.length > limit };
}

const exists = ({ row, fault }: FoundTask): boolean => row !== undefined || fault !== NO_EVIDENCE;

async function pointersTo(
  query: FindQuery,
  { records, stack }: FindSources,
  limit: number,
): Promise<Pointer[]> {
  if (query.by === 'day') {
    const ids = await records.idsOf(query.value, limit);
    return ids.map((boundaryId) => ({ boundaryId, seq: 1, matches: isRequest }));
  }
  if (query.by === 'secret') {
    const { place, value } = query;
    if (place.stack === stack) return [{ boundaryId: place.boundaryId, matches: issued(value) }];
    throw new UsageError(
      `The secret was made by the stack ${place.stack}; the search was in ${stack}. Give --stack ${place.stack}.`,
    );
  }
  const { lookup } = query;
  const matches = (event: ChainedEvent): boolean => lookupOf(event) === lookup;
  return (await records.lookUp(lookup, limit)).map((at) => ({ ...at, matches }));
}

const isRequest = ({ type }: ChainedEvent): boolean => type === 'task.requested';

/**
 * Reads the boundary itself, consistently, because the index may be behind and is not trusted. The ledger comes first: evidence is signed
 * before a row is closed.
 */
async function readFoundTask(pointer: Pointer, sources: FindSources): Promise<FoundTask> {
  const { boundaryId } = pointer;
  const { fault: stateFault, ...state } = await stateOf(boundaryId, sources.records);
  const found = await confirmInEvidence(pointer, state.row?.phase === 'closed', sources);
  const faults = [found.fault, stateFault].filter((fault) => fault !== undefined);
  return { boundaryId, ...state, ...found, ...(faults.length > 0 && { fault: faults.join('; ') }) };
}

const confirmInEvidence = (
  pointer: Pointer,
  closed: boolean,
  { records, key }: FindSources,
): Promise<Found> =>
  valueOrFault('its evidence contains an invalid event', async () =>
    confirmMatch(pointer, { ...(await records.evidence(pointer.boundaryId)), closed }, key),
  );

type BoundaryState = Pick<FoundTask, 'row' | 'review' | 'fault'>;

const stateOf = (boundaryId: string, records: StackRecords): Promise<BoundaryState> =>
  valueOrFault('its ledger item is not a valid row', async () => {
    if (reviewedBy(boundaryId) !== undefined) {
      const review = await records.review(boundaryId);
      return review ? { review } : {};
    }
    const row = await records.row(boundaryId);
    return row ? { row } : {};
  });
