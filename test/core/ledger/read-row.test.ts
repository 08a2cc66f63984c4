import { describe, expect, test } from 'vitest';
import { readRow } from '../../../core/ledger/read-row.ts';
import { leaseOf, rowOf } from '../../fixtures/row.ts';

test('readRow returns a valid row unchanged', () => expect(readRow({ ...rowOf() })).toEqual(rowOf()));

describe('readRow, for an invalid row', () => {
  const { closedAtMs: _closed, ...unclosed } = rowOf({ phase: 'closed' });
  test.each([
    ['an unknown phase', { ...rowOf(), phase: 'ajar' }, 'phase: allowed: requested, approved, admitted'],
    ['a closed row without its time', unclosed, 'closedAtMs: Invalid input: expected number'],
    [
      'a field of a later phase',
      { ...rowOf(), closedAtMs: 1 },
      'closedAtMs: a record in this state cannot have',
    ],
    [
      'a contradiction in a record',
      { ...rowOf(), leases: [{ ...leaseOf(), accessKeyId: undefined }] },
      'leases.0.accessKeyId: Invalid input: expected string',
    ],
    ['only a boundary id', { boundaryId: 'object-transfer.task-1' }, 'phase: allowed: '],
  ])('throws an error with the path and the next step: %s', (_what, item, problem) => {
    expect(() => readRow(item)).toThrow(
      expect.objectContaining({
        name: 'UnreadableRow',
        message: expect.stringContaining(
          `The ledger's row of object-transfer.task-1 cannot be read: ${problem}`,
        ),
      }),
    );
    expect(() => readRow(item)).toThrow(
      /\. Nothing was changed\. Find out who wrote the row, and restore it or/,
    );
  });
});
