import { describe, expect, test } from 'vitest';
import { assertOwner } from '../../../core/ledger/assert-owner.ts';
import { rowOf } from '../../fixtures/row.ts';

const row = rowOf();
const TEARDOWN_ARN = 'arn:of:teardown';

describe('assertOwner', () => {
  const teardown = { attempt: 1, executionArn: TEARDOWN_ARN, intendedAtMs: 1 };

  test('accepts the task’s own execution and its Teardown', () => {
    expect(() => assertOwner(row, row.boundaryId, row.executionArn)).not.toThrow();
    expect(() => assertOwner(rowOf({ teardown }), row.boundaryId, TEARDOWN_ARN)).not.toThrow();
  });

  test.each([
    ['another execution', row, TEARDOWN_ARN],
    ['a task that was not submitted', undefined, row.executionArn],
  ])('throws NotTheOwner for %s', (_what, found, executionArn) => {
    expect(() => assertOwner(found, row.boundaryId, executionArn)).toThrow(
      expect.objectContaining({ name: 'NotTheOwner' }),
    );
  });
});
