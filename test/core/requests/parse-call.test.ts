import { expect, it } from 'vitest';
import { parseDecision, parseEnd } from '../../../core/approvals/decision.ts';
import { MalformedRequest } from 'taskbound-evidence/errors';

const good = { task: 'object-transfer.x1', decision: 'approve' };

it.each([
  [
    'an array',
    [],
    'The decision is an array; it must be an object with task, decision, grantDigest, reason. Correct it and try again.',
  ],
  ['nothing', undefined, 'The decision is undefined; it must be an object with'],
  [
    'an unknown field',
    { ...good, requestedBy: 'boss' },
    'Field "requestedBy" of the decision is not known; allowed: task, decision, grantDigest, reason. Remove it.',
  ],
  [
    'no task',
    { decision: 'approve' },
    'Field task of the decision is missing; allowed: a boundary id, <type>.<taskId>. Correct it and try again.',
  ],
  [
    'another decision',
    { ...good, decision: 'maybe' },
    'Field decision of the decision is "maybe"; allowed: approve or refuse. Correct it and try again.',
  ],
  [
    'a long reason',
    { ...good, reason: 'x'.repeat(2000) },
    `Field reason of the decision is "${'x'.repeat(79)}; allowed: 1 to 1024 characters.`,
  ],
])('a decision with %s is refused', (_what, value, message) => {
  expect(() => parseDecision(value)).toThrow(MalformedRequest);
  expect(() => parseDecision(value)).toThrow(message);
});

it('a call that ends a task needs a reason', () => {
  expect(() => parseEnd({ task: good.task })).toThrow('Field reason of the call to end a task is missing;');
  expect(parseEnd({ task: good.task, reason: 'late' })).toEqual({ task: good.task, reason: 'late' });
});
