import { expect, it } from 'vitest';
import { renderList, summaryOf } from '../../../cli/list/render-list.ts';
import { rowOf } from '../support.ts';

const open = rowOf({ phase: 'open', boundaryId: 'object-transfer.open-1' });

it('lists open boundaries first', () => {
  const text = renderList([rowOf(), open], 7);
  expect(text.indexOf('object-transfer.open-1')).toBeLessThan(text.indexOf('object-transfer.nightly-1'));
  expect(text).toContain('Open: 1');
  expect(text).toContain('Closed in the last 7 days: 1');
});

it('says when there is none', () => expect(renderList([], 1)).toBe('No boundaries in the last day.\n'));

it('has null for what is not known', () => {
  expect(summaryOf(open)).toMatchObject({
    outcome: null,
    proof: null,
    closedAt: null,
    error: null,
    phase: 'open',
  });
});

it('names the error of a failed task', () => {
  const row = rowOf({
    outcome: 'failed',
    work: { status: 'failed', error: 'NoSuchKey', cause: '', endedAtMs: 0 },
  });
  expect(summaryOf(row).error).toBe('NoSuchKey');
  expect(renderList([row], 7)).toContain('failed: NoSuchKey');
});

it('says until when a task waits for its window', () => {
  const window = { opensAtMs: Date.UTC(2026, 10, 24, 22), closesAtMs: Date.UTC(2026, 10, 24, 23) };
  const waiting = { ...open, phase: 'admitted' as const, window };
  expect(renderList([waiting], 1)).toContain('admitted, waits for its window, which opens 2026-11-24 22:00');
  expect(renderList([{ ...open, window }], 1)).not.toContain('waits');
  expect(summaryOf(waiting).window).toEqual({
    opensAt: '2026-11-24T22:00:00.000Z',
    closesAt: '2026-11-24T23:00:00.000Z',
  });
  expect(summaryOf(open).window).toBeNull();
});
