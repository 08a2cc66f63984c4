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

describe('the marker', () => {
  it('has a key that no boundary can have', () => expect(parseBoundaryId(DRAIN_KEY)).toBeUndefined());

  it('is read with fields that a later version added', () =>
    expect(drainOf({ ...marker, later: 1 })).toEqual({ marker: { ...marker, later: 1 } }));

  it('is absent when there is no item', () => expect(drainOf(undefined)).toBeUndefined());

  it.each([
    [{}, /^boundaryId: /],
    [{ ...marker, sinceMs: -1 }, /^sinceMs: /],
    [{ ...marker, sinceMs: 8.64e15 + 1 }, /^sinceMs: /],
    [{ ...marker, by: '' }, /^by: /],
    [{ ...marker, reason: 'x'.repeat(1025) }, /^reason: /],
  ])('%j is a fault, and refuses all the same', (item, fault) => {
    const drain = drainOf(item);
    expect(drain).toEqual({ fault: expect.stringMatching(fault) });
    expect(drain && drainingError('S', drain).message).toMatch(/takes no new tasks: its drain marker cannot/);
  });

  it('takes the first and the last time that has a date', () => {
    for (const sinceMs of [0, 8.64e15]) {
      const drain = drainOf({ ...marker, sinceMs });
      expect(drain && drainingError('S', drain).message).toContain(new Date(sinceMs).toISOString());
    }
  });

  it("quotes other people's words", () => {
    const drain = drainOf({ ...marker, by: 'a\nb', reason: '"; allowed: all' });
    expect(drain && drainingError('S', drain).message).toContain(
      'by "a\\nb" because of "\\"; allowed: all"; allowed: tasks that exist already',
    );
  });
});

describe('a row', () => {
  it.each(PHASES.filter((phase) => phase !== 'closed'))('is open while it is %s', (phase) =>
    expect(removalState(rowOf({ phase, leases: isAtLeast(phase, 'admitted') ? [lease] : [] }))).toBe('open'),
  );

  it('waits while its leftovers are there, is done after that, or when it never made any', () => {
    const closed = rowOf({ phase: 'closed', leases: [lease], closedAtMs: 50_000 });
    expect(removalState(closed)).toBe('waiting');
    expect(sweptByMs(closed)).toBe(100_000 + SWEEP_MARGIN_MS + RECONCILE_EVERY_MS);
    expect(removalState({ ...closed, sweptAtMs: 1 })).toBe('done');
    expect(removalState(rowOf({ phase: 'closed' }))).toBe('done');
  });

  it('is lifted later when its sweep was put off', () => {
    const postponed = { failures: 1, untilMs: 900_000, because: 'x' };
    const closed = rowOf({ phase: 'closed', leases: [lease], closedAtMs: 50_000, postponed });
    expect(sweptByMs(closed)).toBe(900_000 + RECONCILE_EVERY_MS);
  });

  it('may be ended until its teardown begins', () => {
    const ended = PHASES.filter((phase) => mayBeEnded(rowOf({ phase })));
    expect(ended).toEqual(['requested', 'approved', 'admitted', 'open']);
    const teardown = { attempt: 1, executionArn: 'a', intendedAtMs: 0 };
    expect(mayBeEnded(rowOf({ phase: 'open', teardown }))).toBe(false);
  });
});

describe('it is safe', () => {
  const settledMs = SUBMIT_TIMEOUT_SECONDS * 1000 + INDEX_LAG_MS;

  it.each([
    ['never at the first empty look', { beganMs: 1e9, refusingSinceMs: 0, emptySinceMs: undefined }, false],
    [
      'not a millisecond before submit has ended',
      { beganMs: settledMs - 1, refusingSinceMs: 0, emptySinceMs: 0 },
      false,
    ],
    ['when submit has ended', { beganMs: settledMs, refusingSinceMs: 0, emptySinceMs: 0 }, true],
    [
      'not before two empty looks apart',
      { beganMs: settledMs, refusingSinceMs: 0, emptySinceMs: settledMs - INDEX_LAG_MS + 1 },
      false,
    ],
    [
      'when they are apart',
      { beganMs: settledMs, refusingSinceMs: 0, emptySinceMs: settledMs - INDEX_LAG_MS },
      true,
    ],
  ])('%s', (_when, look, safe) => expect(isSafe(look)).toBe(safe));
});
