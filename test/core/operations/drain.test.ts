import { describe, expect, it } from 'vitest';
import {
  DRAIN_KEY,
  drainingError,
  drainOf,
  INDEX_LAG_MS,
  isSafe,
  sweptByMs,
  mayBeEnded,
  RECONCILE_EVERY_MS,
  removalState,
  SUBMIT_TIMEOUT_SECONDS,
} from '../../../core/operations/drain.ts';
import { SWEEP_MARGIN_MS } from '../../../core/ledger/due.ts';
import { parseBoundaryId } from 'taskbound-evidence/names/ids';
import { isAtLeast, PHASES } from '../../../core/ledger/phase.ts';
import { leaseOf, rowOf } from '../../fixtures/row.ts';

const marker = { boundaryId: DRAIN_KEY, sinceMs: 0, by: 'ann', reason: 'r' };
const lease = leaseOf({ deadlineMs: 100_000 });

describe('the drain marker', () => {
  it('has a key that no boundary can have', () => expect(parseBoundaryId(DRAIN_KEY)).toBeUndefined());

  it('may have fields that a later version added', () =>
    expect(drainOf({ ...marker, later: 1 })).toEqual({ marker: { ...marker, later: 1 } }));

  it('is absent when there is no item', () => expect(drainOf(undefined)).toBeUndefined());

  it.each([
    [{}, /^boundaryId: /],
    [{ ...marker, sinceMs: -1 }, /^sinceMs: /],
    [{ ...marker, sinceMs: 8.64e15 + 1 }, /^sinceMs: /],
    [{ ...marker, by: '' }, /^by: /],
    [{ ...marker, reason: 'x'.repeat(1025) }, /^reason: /],
  ])('is invalid with %j, and still refuses new tasks', (item, fault) => {
    const drain = drainOf(item);
    expect(drain).toEqual({ fault: expect.stringMatching(fault) });
    expect(drain && drainingError('S', drain).message).toMatch(/takes no new tasks: its drain marker cannot/);
  });

  it('accepts the first and the last time that can be written as a date', () => {
    for (const sinceMs of [0, 8.64e15]) {
      const drain = drainOf({ ...marker, sinceMs });
      expect(drain && drainingError('S', drain).message).toContain(new Date(sinceMs).toISOString());
    }
  });

  it('is quoted in the error with the person and the reason as JSON strings', () => {
    const drain = drainOf({ ...marker, by: 'a\nb', reason: '"; allowed: all' });
    expect(drain && drainingError('S', drain).message).toContain(
      'by "a\\nb" because of "\\"; allowed: all"; allowed: tasks that exist already',
    );
  });
});

describe('a row in a drain', () => {
  it.each(PHASES.filter((phase) => phase !== 'closed'))('is open in the phase %s', (phase) =>
    expect(removalState(rowOf({ phase, leases: isAtLeast(phase, 'admitted') ? [lease] : [] }))).toBe('open'),
  );

  it('is waiting until it is swept, and done when it is swept or has nothing to sweep', () => {
    const closed = rowOf({ phase: 'closed', leases: [lease], closedAtMs: 50_000 });
    expect(removalState(closed)).toBe('waiting');
    expect(sweptByMs(closed)).toBe(100_000 + SWEEP_MARGIN_MS + RECONCILE_EVERY_MS);
    expect(removalState({ ...closed, sweptAtMs: 1 })).toBe('done');
    expect(removalState(rowOf({ phase: 'closed' }))).toBe('done');
  });

  it('is swept later when its sweep was postponed', () => {
    const postponed = { failures: 1, untilMs: 900_000, because: 'x' };
    const closed = rowOf({ phase: 'closed', leases: [lease], closedAtMs: 50_000, postponed });
    expect(sweptByMs(closed)).toBe(900_000 + RECONCILE_EVERY_MS);
  });

  it('can be ended until its teardown begins', () => {
    const ended = PHASES.filter((phase) => mayBeEnded(rowOf({ phase })));
    expect(ended).toEqual(['requested', 'approved', 'admitted', 'open']);
    const teardown = { attempt: 1, executionArn: 'a', intendedAtMs: 0 };
    expect(mayBeEnded(rowOf({ phase: 'open', teardown }))).toBe(false);
  });
});

describe('isSafe', () => {
  const settledMs = SUBMIT_TIMEOUT_SECONDS * 1000 + INDEX_LAG_MS;

  it.each([
    [
      'is false at the first empty check',
      { beganMs: 1e9, refusingSinceMs: 0, emptySinceMs: undefined },
      false,
    ],
    [
      'is false a millisecond before submit must have ended',
      { beganMs: settledMs - 1, refusingSinceMs: 0, emptySinceMs: 0 },
      false,
    ],
    [
      'is true when submit must have ended',
      { beganMs: settledMs, refusingSinceMs: 0, emptySinceMs: 0 },
      true,
    ],
    [
      'is false before the lag of the index has passed between two empty checks',
      { beganMs: settledMs, refusingSinceMs: 0, emptySinceMs: settledMs - INDEX_LAG_MS + 1 },
      false,
    ],
    [
      'is true when that lag has passed',
      { beganMs: settledMs, refusingSinceMs: 0, emptySinceMs: settledMs - INDEX_LAG_MS },
      true,
    ],
  ])('%s', (_when, check, safe) => expect(isSafe(check)).toBe(safe));
});
