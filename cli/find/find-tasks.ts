import type { KeyObject } from 'node:crypto';
import { valueOrFault } from '../connection/value-or-fault.ts';
import type { EvidenceEvent } from 'taskbound-evidence/chain/evidence';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { issued, lookupOf } from 'taskbound-evidence/lookup/lookup';
import { follow, NO_EVIDENCE, type Found, type Pointer } from 'taskbound-evidence/lookup/pointer';
import { type ReviewRow } from '../../core/approvals/review.ts';
import { reviewedBy } from 'taskbound-evidence/names/review-id';
import { UsageError } from 'taskbound-evidence/command/errors';
import type { FindQuery } from './find-query.ts';
import type { StackRecords } from '../connection/stack-records.ts';

/** One boundary, or the review of one, that a look-up led to, with the event by which it is found. */
export interface FoundTask extends Found {
  readonly boundaryId: string;
  readonly row?: LedgerRow;
  readonly review?: ReviewRow;
}

export interface FoundTasks {
  /** Newest first. */
  readonly tasks: readonly FoundTask[];
  /** There are more than were asked for. */
  readonly more: boolean;
}

/** Where `find` looks. */
export interface FindSources {
  readonly records: StackRecords;
  readonly stack: string;
  /** That signs the stack's evidence. */
  readonly key: KeyObject;
}

/** Answers a question from an index, or a name, and from the evidence of what that points to. Throws `UsageError` for a secret of another stack. */
export async function findTasks(question: FindQuery, place: FindSources, limit: number): Promise<FoundTasks> {
  const pointers = await pointersTo(question, place, limit + 1);
  const findings = await Promise.all(
    pointers.slice(0, limit).map((pointer) => readFoundTask(pointer, place)),
  );
  // A secret's name can be made up, and points to nothing then; an entry of the index that points to nothing must be seen.
  const there = question.by === 'secret' ? findings.filter(isThere) : findings;
  return { tasks: there, more: pointers.length > limit };
}

const isThere = ({ row, fault }: FoundTask): boolean => row !== undefined || fault !== NO_EVIDENCE;

async function pointersTo(
  question: FindQuery,
  { records, stack }: FindSources,
  most: number,
): Promise<Pointer[]> {
  if (question.by === 'day') {
    const ids = await records.idsOf(question.value, most);
    return ids.map((boundaryId) => ({ boundaryId, seq: 1, means: isRequest }));
  }
  if (question.by === 'secret') {
    const { place, value } = question;
    if (place.stack === stack) return [{ boundaryId: place.boundaryId, means: issued(value) }];
    throw new UsageError(
      `The secret was made by the stack ${place.stack}; this looked in ${stack}. Give --stack ${place.stack}.`,
    );
  }
  const { lookup } = question;
  const means = (event: EvidenceEvent): boolean => lookupOf(event) === lookup;
  return (await records.lookUp(lookup, most)).map((at) => ({ ...at, means }));
}

const isRequest = ({ type }: EvidenceEvent): boolean => type === 'task.requested';

/** Reads what is there of the boundary itself, consistently: the index may be behind, and is not believed. The ledger first: what it has as closed was signed before. */
async function readFoundTask(pointer: Pointer, place: FindSources): Promise<FoundTask> {
  const { boundaryId } = pointer;
  const { fault: ofState, ...state } = await stateOf(boundaryId, place.records);
  const found = await inEvidence(pointer, state.row?.phase === 'closed', place);
  const faults = [found.fault, ofState].filter((fault) => fault !== undefined);
  return { boundaryId, ...state, ...found, ...(faults.length > 0 && { fault: faults.join('; ') }) };
}

const inEvidence = (pointer: Pointer, closed: boolean, { records, key }: FindSources): Promise<Found> =>
  valueOrFault('something in its evidence is no event', async () =>
    follow(pointer, { ...(await records.evidence(pointer.boundaryId)), closed }, key),
  );

type State = Pick<FoundTask, 'row' | 'review' | 'fault'>;

const stateOf = (boundaryId: string, records: StackRecords): Promise<State> =>
  valueOrFault('what the ledger has of it is no row', async () => {
    if (reviewedBy(boundaryId) !== undefined) {
      const review = await records.review(boundaryId);
      return review ? { review } : {};
    }
    const row = await records.row(boundaryId);
    return row ? { row } : {};
  });
