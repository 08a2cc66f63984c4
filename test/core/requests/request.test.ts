import { describe, expect, test } from 'vitest';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { checkRequest, parseRequest } from '../../../core/requests/request.ts';
import { transferConfig } from '../../fixtures/task-types.ts';

const good = {
  type: 'object-transfer',
  reason: 'nightly',
  parameters: { sourceKey: 'a', destinationKey: 'b' },
};
const window = { opensAt: '2026-11-23T22:00:00Z', closesAt: '2026-11-23T23:00:00Z' };
const check = (value: unknown) => checkRequest(parseRequest(value), transferConfig());

describe('a request', () => {
  test('is accepted when it fits the type, and its digest does not depend on its id', () => {
    expect(check(good).parameters).toEqual(good.parameters);
    expect(check({ ...good, taskId: 'some-id' }).requestDigest).toBe(check(good).requestDigest);
    expect(check({ ...good, reason: 'other' }).requestDigest).not.toBe(check(good).requestDigest);
  });

  test.each([
    ['an array', [], /request is an array; it must be an object/],
    ['null', null, /request is null/],
    ['no type', { ...good, type: undefined }, /Field type is missing; allowed: a lower-case letter/],
    ['a malformed type', { ...good, type: 'Object' }, /Field type is "Object"/],
    ['a malformed id', { ...good, taskId: 'a b' }, /Field taskId is "a b"; allowed: 2 to 40/],
    ['an id that is too long', { ...good, taskId: 'x'.repeat(41) }, /Field taskId/],
    ['an empty reason', { ...good, reason: '' }, /Field reason is ""/],
    ['parameters that are no object', { ...good, parameters: 'a' }, /Field parameters/],
    [
      'an unknown field',
      { ...good, requestedBy: 'root' },
      /Field "requestedBy" is not known; allowed: type, taskId, reason, parameters/,
    ],
    [
      'a window',
      { ...good, window },
      /Field window is given, but tasks of object-transfer may run at any time/,
    ],
    [
      'a missing parameter',
      { ...good, parameters: { sourceKey: 'a' } },
      /Parameter destinationKey is missing/,
    ],
    [
      'an extra parameter',
      { ...good, parameters: { ...good.parameters, other: 'c' } },
      /Parameter "other" is not declared; allowed: sourceKey, destinationKey/,
    ],
    [
      'an inherited name',
      { ...good, parameters: { ...good.parameters, toString: 'c' } },
      /Parameter "toString" is not declared/,
    ],
    [
      'an empty parameter',
      { ...good, parameters: { ...good.parameters, sourceKey: '' } },
      /Parameter sourceKey has 0 bytes; allowed: 1 to 1024/,
    ],
    [
      'an overlong parameter',
      { ...good, parameters: { ...good.parameters, sourceKey: 'x'.repeat(1025) } },
      /has 1025 bytes; allowed: 1 to 1024/,
    ],
    [
      'a parameter of the wrong kind',
      { ...good, parameters: { ...good.parameters, sourceKey: 7 } },
      /Parameter sourceKey is 7; allowed: an S3 key, a string/,
    ],
    [
      'a character that a policy cannot express',
      { ...good, parameters: { ...good.parameters, sourceKey: 'a\u0101' } },
      /U\+0101.*allowed: U\+0020 to U\+00FF/,
    ],
    ['a control character', { ...good, parameters: { ...good.parameters, sourceKey: 'a\nb' } }, /U\+000A/],
  ])('is refused with %s', (_what, value, message) => {
    expect(() => check(value)).toThrow(MalformedRequest);
    expect(() => check(value)).toThrow(message);
  });

  test('is checked by the declaration of each kind of parameter', () => {
    const config = transferConfig({
      parameters: {
        prefix: { kind: 's3Prefix', maxBytes: 100 },
        table: { kind: 'token', maxCharacters: 5 },
        days: { kind: 'integer', min: 1, max: 7 },
        mode: { kind: 'oneOf', values: ['fast', 'safe'] },
      },
    });
    const parameters = { prefix: 'a/', table: 'ab_1', days: 7, mode: 'safe' };
    const at = (change: object) => () =>
      checkRequest(parseRequest({ ...good, parameters: { ...parameters, ...change } }), config);
    expect(at({})().parameters).toEqual(parameters);
    expect(at({ prefix: 'a' })).toThrow(/ends in "\/"/);
    expect(at({ table: 'abcdef' })).toThrow(/1 to 5 of A-Z/);
    expect(at({ days: 8 })).toThrow(/an integer from 1 to 7/);
    expect(at({ days: 1.5 })).toThrow(/an integer from 1 to 7/);
    expect(at({ mode: 'slow' })).toThrow(/one of fast, safe/);
  });
});
