import { UsageError } from 'taskbound-evidence/command/errors';
import { describe, expect, it } from 'vitest';
import { boundaryIdFrom } from '../../cli/boundary-argument.ts';

describe('the boundary id from an argument', () => {
  it.each([
    ['object-transfer.x1', undefined],
    ['x1', 'object-transfer'],
    ['object-transfer.x1', 'object-transfer'],
  ])('%s with type %s', (task, type) => expect(boundaryIdFrom(task, type)).toBe('object-transfer.x1'));

  it.each([
    ['x1', undefined],
    ['x', 'object-transfer'],
    ['x1', 'Object'],
    ['other.x1', 'object-transfer'],
  ])('%s with type %s is refused', (task, type) =>
    expect(() => boundaryIdFrom(task, type)).toThrow(UsageError),
  );
});
