import { sweepAtMs, SWEEP_MARGIN_MS } from '../ledger/due.ts';
import { parseDenyPolicyName, parseSecretName } from 'taskbound-evidence/names/ids';
import type { LedgerRow } from '../ledger/ledger.ts';

/**
 * A stray is something of this stack that no ledger row will ever clean up: its row was deleted or restored
 * from an older backup, or a function created it later than the tail waited. It is recognized by its name,
 * its age, and the ledger row of its boundary.
 */

/** The longest lease and ten minutes. The task that created or wanted to use such an old secret has ended. */
export const STRAY_AGE_MS = 3_600_000 + 600_000;

export const isOld = (createdMs: number, nowMs: number): boolean => nowMs > createdMs + STRAY_AGE_MS;

/** The boundary of a secret of this stack. Undefined for a name of any other form. */
export function boundaryOfSecret(name: string, stack: string): string | undefined {
  const parsed = parseSecretName(name);
  return parsed?.stack === stack ? parsed.boundaryId : undefined;
}

/** The boundary of a deny policy whose sessions have all expired. Undefined for every other policy. */
export function staleDeny(policyName: string, nowMs: number): string | undefined {
  const parsed = parseDenyPolicyName(policyName);
  return parsed !== undefined && nowMs > parsed.deadlineMs + SWEEP_MARGIN_MS ? parsed.boundaryId : undefined;
}

/** Whether the boundary's own row handles its leftovers: while it is open, and until it was swept. */
export const cleansUpItself = (row: LedgerRow | undefined): boolean =>
  row !== undefined && (row.phase !== 'closed' || sweepAtMs(row) !== undefined);
