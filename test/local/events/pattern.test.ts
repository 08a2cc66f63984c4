import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EventPattern, matchesPattern, patternProblem } from '../../../packages/local/events/pattern.ts';

const EVENT = {
  source: 'aws.states',
  resources: ['a', 'b'],
  detail: { status: 'FAILED', count: 1, nothing: null, inner: { deep: true } },
};

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
describe('a pattern', () => {
  it.each<[string, EventPattern, boolean]>([
    ['an exact value', { source: ['aws.states'] }, true],
    ['another value', { source: ['aws.ec2'] }, false],
    ['only the beginning of a value', { source: ['aws'] }, false],
    ['one of several', { detail: { status: ['ABORTED', 'FAILED'] } }, true],
    ['a prefix', { source: [{ prefix: 'aws.' }] }, true],
    ['another prefix', { source: [{ prefix: 'was.' }] }, false],
    ['a prefix of a number', { detail: { count: [{ prefix: '1' }] } }, false],
    ['every field', { source: ['aws.states'], detail: { status: ['FAILED'] } }, true],
    ['all fields but one', { source: ['aws.states'], detail: { status: ['RUNNING'] } }, false],
    ['a field that does not exist', { detail: { missing: ['x'] } }, false],
    ['null for a field that does not exist', { detail: { missing: [null] } }, false],
    ['null', { detail: { nothing: [null] } }, true],
    ['a number', { detail: { count: [1] } }, true],
    ['a number as text', { detail: { count: ['1'] } }, false],
    ['a deep field', { detail: { inner: { deep: [true] } } }, true],
    ['a field of a text', { source: { length: [10] } }, false],
    ['one of an array', { resources: ['b'] }, true],
    ['none of an array', { resources: ['c'] }, false],
    ['upper and lower case', { source: ['AWS.states'] }, false],
  ])('matches or rejects %s', (_what, pattern, expected) => {
    expect(matchesPattern(pattern, EVENT)).toBe(expected);
    expect(patternProblem(pattern)).toBeUndefined();
  });

  it.each<[unknown, RegExp]>([
    [{ source: 'aws.states' }, /EventPattern\.source/],
    [{ detail: { n: [{ numeric: ['>', 1] }] } }, /EventPattern\.detail\.n has \{"numeric"/],
    [{ source: [{ 'anything-but': 'a' }] }, /anything-but/],
    [{ source: [{ prefix: { 'equals-ignore-case': 'a' } }] }, /only exact values/],
    [{ source: [['a']] }, /only exact values/],
    [{ source: [] }, /matches nothing/],
    [{ $or: [{ source: ['a'] }] }, /\$or/],
    [{}, /EventPattern is \{\}/],
    [undefined, /EventPattern is undefined/],
  ])('%j is refused', (pattern, message) => {
    expect(patternProblem(pattern)).toMatch(message);
  });

  it('of the values of an event matches that event', () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const event = fc.dictionary(
      fc.string({ minLength: 1 }),
      fc.oneof(scalar, fc.array(scalar, { minLength: 1 })),
      {
        minKeys: 1,
      },
    );
    fc.assert(
      fc.property(event, (values) => {
        const pattern = Object.fromEntries(
          Object.entries(values).map(([key, value]) => [key, [value].flat()] as const),
        );
        return matchesPattern(pattern, values);
      }),
    );
  });
});
