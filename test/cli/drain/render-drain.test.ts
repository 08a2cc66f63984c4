import { describe, expect, it } from 'vitest';
import { drainReport } from '../../../cli/drain/drain-report.ts';
import { DrainProgress, renderDraining, renderDrain } from '../../../cli/drain/render-drain.ts';
import { rowOf, T0 } from '../support.ts';
import { leaseOf } from '../../fixtures/row.ts';
import { openRow as open } from './open-row.ts';

describe('what a person reads', () => {
  const nothing = { open: [], unreadable: [], waiting: [] };
  const lease = leaseOf({ deadlineMs: T0 + 120_000 });

  it('counts phases, and prints an unchanged line once', () => {
    const progress = new DrainProgress();
    const remaining = {
      open: [open(), rowOf({ phase: 'admitted' }), open()],
      unreadable: [{ boundaryId: 'x.yy', fault: 'odd' }],
      waiting: [rowOf({ leases: [lease] }), rowOf({ leases: [{ ...lease, deadlineMs: T0 + 600_000 }] })],
    };
    expect(progress.line(remaining, 0)).toBe(
      '        0.0 s  4 boundaries not closed (2 open, 1 admitted, 1 unreadable); 2 denies to be lifted, by 2026-11-23T10:12:00.000Z if nothing fails\n',
    );
    expect(progress.line({ ...remaining }, 5000)).toBeUndefined();
    expect(progress.line(nothing, 65_000)).toMatch(/^ {4}1 min 5 s {2}nothing is left/);
    expect(progress.line(remaining, 70_000)).toContain('4 boundaries');
  });

  it('a task that waits for approval has no execution to stop: it shows how to end it', () => {
    const asks = rowOf({
      phase: 'requested',
      approval: { quorum: 2, expiresAtMs: T0 + 3_600_000 },
    });
    const report = drainReport('S', {
      safe: false,
      remaining: { ...nothing, open: [asks] },
      drain: undefined,
      ended: [],
    });
    expect(renderDrain(report)).toMatch(/is requested: it waits for approval until .*taskbound revoke/);
  });

  it("shows other people's words on one line", () => {
    const marker = { boundaryId: 'drain' as const, sinceMs: T0, by: 'b\u001b[2J', reason: 'two\nlines' };
    expect(renderDraining('S', { marker })).toBe(
      'Stack S accepts no new tasks since 2026-11-23T10:00:00.000Z (b\\u{1b}[2J: "two\\nlines")',
    );
    expect(renderDraining('S', { fault: 'by: missing' })).toContain('cannot be read: by: missing');
    const stuck = open({ postponed: { failures: 1, untilMs: T0, because: 'a\nb\u0007' } });
    const report = drainReport('S', {
      ...{ safe: false, drain: { marker }, ended: ['a', 'b'], remaining: { ...nothing, open: [stuck] } },
    });
    expect(renderDrain(report)).toContain(`${stuck.boundaryId} is open: a b\\u{7}`);
    expect(renderDrain(report)).toMatch(/^Ended +2 executions$/m);
  });

  it('has null for what does not exist', () => {
    const report = drainReport('S', {
      ...{ safe: false, drain: undefined, ended: [] },
      remaining: { ...nothing, open: [open()], waiting: [rowOf({ leases: [lease] })] },
    });
    expect(report).toMatchObject({
      draining: false,
      marker: null,
      open: [{ phase: 'open', credentialsUntil: null, error: null, requestedAt: '2026-11-23T10:00:00.000Z' }],
      waitingForDeny: [{ policyName: null, roleName: null, liftedBy: '2026-11-23T10:04:00.000Z' }],
    });
    expect(renderDrain(report)).toMatch(/^Safe +NO: new tasks are accepted$/m);
  });
});
