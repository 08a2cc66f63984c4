import { PhasePassed } from '../shared/errors.ts';
import type { LedgerRow, RowIn } from './ledger.ts';
import { mayMove } from './phase.ts';

/** The fields that a row gains as it enters a phase. */
interface Gained {
  readonly approved: Pick<RowIn<'approved'>, 'approvedAtMs'>;
  readonly admitted: Readonly<Record<string, never>>;
  readonly open: Readonly<Record<string, never>>;
  readonly revoking: Pick<RowIn<'revoking'>, 'revokingAtMs' | 'work' | 'ended'>;
  readonly revoked: Partial<Pick<RowIn<'revoked'>, 'work'>>;
  readonly closed: Pick<RowIn<'closed'>, 'proof' | 'outcome' | 'closedAtMs' | 'archive' | 'announcedAtMs'>;
}

/** The row in its next phase; throws `PhasePassed` when the move is not legal. */
export function movePhase<To extends keyof Gained>(row: LedgerRow, to: To, gained: Gained[To]): RowIn<To> {
  if (!mayMove(row.phase, to)) {
    throw new PhasePassed(
      `Boundary ${row.boundaryId} is ${row.phase} and cannot become ${to}; phases only move forward. Nothing was changed.`,
    );
  }
  // A legal move comes from a phase whose fields the next one has as well; `gained` adds the others.
  return { ...row, ...gained, phase: to } as unknown as RowIn<To>;
}
