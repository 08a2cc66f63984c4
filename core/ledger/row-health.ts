import { isWaiting, settledAtMs } from '../approvals/approval.ts';
import { latestDeadlineMs } from './deadline.ts';
import type { LedgerRow } from './ledger.ts';

/** How long a boundary may take to close, milliseconds: after its last credential has ended by itself, after its teardown began, after it was asked for or decided about or its window opened. */
const CLOSES_AFTER_DEADLINE_MS = 120_000;
const CLOSES_AFTER_REVOKING_MS = 600_000;
const CLOSES_AFTER_REQUEST_MS = 600_000;
/** A secret that is not revoked yet is no trouble for so long: a function that means to make it may still have to end first. */
const REVOKES_WITHIN_MS = 120_000;

/** What is wrong with one boundary, for the gauges. A closed one has nothing wrong with it, whatever happened before. */
export interface RowHealth {
  /** It should have been closed by now. */
  readonly overdue: boolean;
  /** An execution of it gave up, or more than one Teardown was needed. */
  readonly unproven: boolean;
  /** How many of its secrets could not be revoked so far. */
  readonly secretsUnrevoked: number;
  /** IAM did not take its deny: only its deadline ends access. */
  readonly denyNotEffective: boolean;
}

const HEALTHY: RowHealth = {
  overdue: false,
  unproven: false,
  secretsUnrevoked: 0,
  denyNotEffective: false,
};

/** A row that cannot be read cannot be closed: it counts as overdue, not as healthy. */
export const UNREADABLE: RowHealth = { ...HEALTHY, overdue: true };

export function rowHealth(row: LedgerRow, nowMs: number): RowHealth {
  if (row.phase === 'closed') return HEALTHY;
  return {
    overdue: nowMs > overdueAtMs(row),
    unproven: isUnproven(row),
    secretsUnrevoked: secretsUnrevoked(row),
    denyNotEffective: isDenyNotEffective(row),
  };
}

/**
 * From when on a task is expected to get on: it waits for people and for its window, not for us. Once its teardown has begun its window says nothing any more.
 */
function expectedFromMs(row: LedgerRow): number {
  const decidedMs = isWaiting(row) ? row.approval.expiresAtMs : settledAtMs(row);
  return Math.max(decidedMs, row.revokingAtMs === undefined ? (row.window?.opensAtMs ?? 0) : 0);
}

/** After this a boundary that is not closed is overdue: the latest of the moments that apply to it. */
export const overdueAtMs = (row: LedgerRow): number =>
  Math.max(
    expectedFromMs(row) + CLOSES_AFTER_REQUEST_MS,
    (row.revokingAtMs ?? 0) + CLOSES_AFTER_REVOKING_MS,
    latestDeadlineMs(row) + CLOSES_AFTER_DEADLINE_MS,
  );

/**
 * From when on a row that is not closed is looked at in every run, whoever writes to it meanwhile: a tail that is tried again writes its
 * row every few seconds, and would else hide its trouble from the gauges for as long as it goes on.
 */
export function troubledFromMs(row: LedgerRow): number {
  if (isUnproven(row) || isDenyNotEffective(row)) return 0;
  const secretsMs = secretsUnrevoked(row) > 0 ? (row.revokingAtMs ?? 0) + REVOKES_WITHIN_MS : Infinity;
  return Math.min(secretsMs, overdueAtMs(row));
}

const isUnproven = ({ unproven, teardown }: LedgerRow): boolean =>
  unproven !== undefined || (teardown?.attempt ?? 0) >= 2;

const secretsUnrevoked = ({ secrets }: LedgerRow): number =>
  secrets.filter(({ state }) => state === 'unrevoked').length;

const isDenyNotEffective = ({ deny }: LedgerRow): boolean => deny?.effective === false;
