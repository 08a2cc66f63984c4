import { describe, expect, it } from 'vitest';
import { skippedText } from '../../../cli/connection/stack-of-app.ts';

const skipped = (...types: readonly string[]) =>
  types.map((type, index) => ({ stackName: 'S', logicalId: `R${index}`, type, because: `It is a ${type}.` }));

describe('skippedText', () => {
  it.each([
    [[], ''],
    [['A::B::C'], 'Skipped 1 resource that no task type refers to: A::B::C (1)\n'],
    [
      ['A::B::C', 'D::E::F', 'A::B::C'],
      'Skipped 3 resources that no task type refers to: A::B::C (2), D::E::F (1)\n',
    ],
  ])('of %j is one line or none', (types, text) => expect(skippedText(skipped(...types), {})).toBe(text));

  it('has the reasons on request', () => {
    expect(skippedText(skipped('A::B::C'), { TASKBOUND_DEBUG: '1' })).toBe(
      'Skipped 1 resource that no task type refers to: A::B::C (1)\n  S: It is a A::B::C.\n',
    );
  });
});
