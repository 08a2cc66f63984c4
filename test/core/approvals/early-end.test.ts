import { describe, expect, it } from 'vitest';
import { withEarlyEnd } from '../../../core/approvals/early-end.ts';
import { isEnding, PHASES } from '../../../core/ledger/phase.ts';
import { rowOf } from '../../fixtures/row.ts';

const ended = { person: 'dave', arn: 'arn:dave', reason: 'enough', atMs: 9_000 };

describe('withEarlyEnd', () => {
  it.each(PHASES.filter((phase) => !isEnding(phase)))(
    'begins the teardown of a task in the phase %s',
    (phase) => {
      expect(withEarlyEnd(rowOf({ phase }), ended)).toMatchObject({
        phase: 'revoking',
        revokingAtMs: 9_000,
        ended: { ...ended, wasIn: phase },
        work: { status: 'failed', error: 'TaskEnded', cause: 'Ended by dave: enough', endedAtMs: 9_000 },
      });
    },
  );

  it.each(PHASES.filter(isEnding))('does not change a task in the phase %s', (phase) => {
    const row = rowOf({ phase });
    expect(withEarlyEnd(row, ended)).toBe(row);
  });

  it('keeps the first end of a task that two people end', () => {
    const first = withEarlyEnd(rowOf({ phase: 'open' }), ended);
    expect(withEarlyEnd(first, { ...ended, person: 'bob', atMs: 9_001 }).ended?.person).toBe('dave');
  });
});
