import { sweepAtMs, SWEEP_MARGIN_MS } from '../ledger/due.ts';
import { parseDenyPolicyName, parseSecretName } from 'taskbound-evidence/names/ids';
import type { LedgerRow } from '../ledger/ledger.ts';

/**
 * A stray is something of this stack that no row of the ledger will ever clean: its row was deleted, or restored from an older backup, or
 * a function made it later than anyone waited for. It is told by its name, its age, and what the ledger says of its boundary.
 */

/** The longest lease, and ten minutes more: whoever made a secret that old, or meant to use it, is gone. */
export const STRAY_AGE_MS = 3_600_000 + 600_000;

export const isOld = (createdMs: number, nowMs: number): boolean => nowMs > createdMs + STRAY_AGE_MS;

/** The boundary that a secret of this stack was made for; undefined of every name that is not one of ours. */
export function boundaryOfSecret(name: string, stack: string): string | undefined {
  const parsed = parseSecretName(name);
  return parsed?.stack === stack ? parsed.boundaryId : undefined;
}

/** The boundary of a deny whose sessions have all ended by themselves; undefined of every other policy. */
export function staleDeny(policyName: string, nowMs: number): string | undefined {
  const parsed = parseDenyPolicyName(policyName);
  return parsed !== undefined && nowMs > parsed.deadlineMs + SWEEP_MARGIN_MS ? parsed.boundaryId : undefined;
}

/** Whether the boundary's own row takes care of what is left of it: while it is open, and until it was swept. */
export const isCaredFor = (row: LedgerRow | undefined): boolean =>
  row !== undefined && (row.phase !== 'closed' || sweepAtMs(row) !== undefined);
