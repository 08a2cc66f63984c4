import { describe, expect, test } from 'vitest';
import { readRow } from '../../../core/ledger/read-row.ts';
import { leaseOf, rowOf } from '../../fixtures/row.ts';

test('a row is read as it is', () => expect(readRow({ ...rowOf() })).toEqual(rowOf()));

describe('what is not a row is an error with its path and the next step', () => {
  const { closedAtMs: _closed, ...unclosed } = rowOf({ phase: 'closed' });
  test.each([
    ['no known phase', { ...rowOf(), phase: 'ajar' }, 'phase: allowed: requested, approved, admitted'],
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
    ['nothing else', { boundaryId: 'object-transfer.task-1' }, 'phase: allowed: '],
  ])('%s', (_what, item, problem) => {
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
