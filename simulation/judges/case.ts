import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { World } from '../world/world.ts';
import type { TaskSession } from './adversary.ts';
import type { Observed } from './witness.ts';

/** What is judged about one boundary. */
export interface Case {
  readonly world: World;
  readonly boundaryId: string;
  readonly rows: readonly Observed<LedgerRow>[];
  readonly row: LedgerRow;
  readonly sessions: readonly TaskSession[];
  readonly closedMs: number | undefined;
}

/** The time of the first observed row that fulfills the condition; infinite if there is none. */
export const firstMs = (rows: readonly Observed<LedgerRow>[], is: (row: LedgerRow) => boolean): number =>
  rows.find(({ what }) => is(what))?.atMs ?? Number.POSITIVE_INFINITY;
