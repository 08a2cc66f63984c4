import { describe, expect, it } from 'vitest';
import { exitCodeOfRun, reportOf, unknownReport } from '../../../cli/run/run-report.ts';
import { renderRun } from '../../../cli/run/render-run.ts';
import { BOUNDARY, rowOf, T0 } from '../support.ts';

const failedWork = { status: 'failed', error: 'NoSuchKey', cause: 'no such key', endedAtMs: T0 } as const;
const rejected = { status: 'failed', error: 'TaskRejected', cause: 'changed', endedAtMs: T0 } as const;

describe('the report of a run', () => {
  it('has the fields that scripts rely on, in their order', () => {
    expect(Object.keys(reportOf(rowOf(), { status: 'SUCCEEDED' }))).toEqual([
      'taskId',
      'boundaryId',
      'outcome',
      'phase',
      'executionStatus',
      'result',
      'error',
      'proof',
      'evidenceFile',
    ]);
  });

  it.each([
    ['a task whose work failed', rowOf({ outcome: 'failed', work: failedWork }), 1, 'NoSuchKey: no such key'],
    [
      'a task that a rule refused',
      rowOf({ outcome: 'failed', work: rejected, rejection: { error: 'TaskRejected', cause: 'changed' } }),
      1,
      'TaskRejected: changed',
    ],
    [
      'a task that a rule refused, whose teardown has not begun',
      rowOf({ phase: 'admitted', rejection: { error: 'TaskRejected', cause: 'changed' } }),
      3,
      'TaskRejected: changed',
    ],
    ['a task that never got to work', rowOf({ phase: 'admitted' }), 3, 'States.Timeout'],
    ['a boundary that is revoked but not closed', rowOf({ phase: 'revoked' }), 3, 'States.Timeout'],
  ])('%s', (_what, row, code, error) => {
    const report = reportOf(row, { status: 'FAILED', error: 'States.Timeout' });
    expect(report.error).toBe(error);
    expect(exitCodeOfRun(report)).toBe(code);
  });

  it('is done only when work and execution succeeded: one that was stopped after its work was not', () => {
    const succeeded = reportOf(rowOf(), { status: 'SUCCEEDED' });
    expect([exitCodeOfRun(succeeded), succeeded.error]).toEqual([0, null]);
    const stopped = reportOf(rowOf(), { status: 'ABORTED' });
    expect(exitCodeOfRun(stopped)).toBe(1);
    expect(stopped.error).toMatch(/^ExecutionEnded: The work succeeded, but its execution ended as ABORTED/);
  });

  it('counts a closed boundary without a proof as unproven', () => {
    expect(exitCodeOfRun({ ...reportOf(rowOf(), { status: 'SUCCEEDED' }), proof: null })).toBe(3);
  });

  it('counts a boundary of which nothing is known as unproven', () => {
    const report = unknownReport({ taskId: 't1', boundaryId: BOUNDARY }, 'AccessDenied');
    expect(exitCodeOfRun(report)).toBe(3);
    expect(renderRun(report)).toContain('NOT PROVEN CLOSED');
  });

  it("shows other people's words without their control characters", () => {
    const text = renderRun(
      reportOf(
        rowOf({ outcome: 'failed', work: { ...failedWork, cause: '\u001b[2Jgone\nOutcome  succeeded' } }),
        { status: 'FAILED' },
      ),
    );
    expect(text).toContain('\\u{1b}[2Jgone Outcome');
    expect(text.split('\n').filter((line) => line.startsWith('Outcome'))).toEqual(['Outcome   failed']);
  });
});
