import { describe, expect, it } from 'vitest';
import { decide } from 'taskbound-iam/evaluate';
import type { ConditionBlock, OneOrMany, RequestContext } from 'taskbound-iam/policy';
import { ROLE, allow, conditional, request } from './support.ts';

const holds = (condition: ConditionBlock, context: RequestContext) =>
  decide(...conditional(condition, context)).decision === 'allow';

/**
 * Operator, policy value(s), the request's value(s) of the key (`undefined` if absent), whether the condition
 * holds.
 */
type Case = readonly [string, OneOrMany<string | number | boolean>, OneOrMany<string> | undefined, boolean];

function check(cases: readonly Case[]): void {
  it.each(cases)('%s %j with %j: %s', (operator, values, value, expected) =>
    expect(
      holds({ [operator]: { 'aws:Key': values } }, value === undefined ? {} : { 'aws:Key': value }),
    ).toBe(expected),
  );
}

describe('string operators', () =>
  check([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringEquals', 'a', undefined, false],
    ['StringEquals', ['a', 'b'], 'b', true],
    ['StringEquals', '*', 'a', false],
    ['StringEquals', '*', '*', true],
    ['StringEquals', '${*}', '*', true],
    ['StringEquals', '${*}', '${*}', false],
    ['StringEquals', '', '', true],
    ['StringEquals', 5, '5', true],
    ['StringEquals', true, 'true', true],
    ['StringNotEquals', 'a', 'b', true],
    ['StringNotEquals', 'a', 'a', false],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    ['StringNotEquals', ['a', 'b'], 'c', true],
    ['StringNotEquals', 'a', undefined, true],
    ['StringEqualsIgnoreCase', 'aB', 'Ab', true],
    ['StringEqualsIgnoreCase', 'ab', 'ac', false],
    ['StringEqualsIgnoreCase', 'ab', undefined, false],
    ['StringNotEqualsIgnoreCase', 'aB', 'Ab', false],
    ['StringNotEqualsIgnoreCase', 'aB', 'x', true],
    ['StringNotEqualsIgnoreCase', 'aB', undefined, true],
    ['StringLike', 'a*', 'abc', true],
    ['StringLike', 'a?', 'ab', true],
    ['StringLike', 'a?', 'a', false],
    ['StringLike', 'A*', 'abc', false],
    ['StringLike', 'a${*}', 'abc', false],
    ['StringLike', 'a${*}', 'a*', true],
    ['StringLike', '*', '', true],
    ['StringLike', '*', undefined, false],
    ['StringNotLike', 'a*', 'abc', false],
    ['StringNotLike', 'a*', 'bc', true],
    ['StringNotLike', ['a*', 'b*'], 'bc', false],
    ['StringNotLike', 'a*', undefined, true],
  ]));

describe('ARN operators', () =>
  check(
    ['Equals', 'Like'].flatMap((suffix): Case[] => [
      [`Arn${suffix}`, ROLE, ROLE, true],
      [`Arn${suffix}`, ROLE, `${ROLE}2`, false],
      [`Arn${suffix}`, `${ROLE}*`, `${ROLE}/x:y`, true],
      [`Arn${suffix}`, 'arn:aws:iam::*:role/Work?r', ROLE, true],
      [`Arn${suffix}`, 'arn:aws:iam:*:role/Worker:x', `${ROLE}:x`, false],
      [`Arn${suffix}`, 'arn:aws:*:::role/Worker', ROLE, false],
      [`Arn${suffix}`, 'arn:*:*:*:*:*', 'no arn', false],
      [`Arn${suffix}`, ROLE, undefined, false],
      [`ArnNot${suffix}`, ROLE, ROLE, false],
      [`ArnNot${suffix}`, `${ROLE}*`, `${ROLE}2`, false],
      [`ArnNot${suffix}`, ROLE, `${ROLE}2`, true],
      [`ArnNot${suffix}`, ROLE, 'no arn', true],
      [`ArnNot${suffix}`, ROLE, undefined, true],
    ]),
  ));

describe('date operators', () => {
  const T = '2026-11-23T10:00:00Z';
  check([
    ['DateEquals', T, T, true],
    ['DateEquals', T, '2026-11-23T10:00:00.000Z', true],
    ['DateEquals', T, '2026-11-23T11:00:00+01:00', true],
    ['DateEquals', T, '2026-11-23T09:30:00-00:30', true],
    ['DateEquals', T, '1795428000', true],
    ['DateEquals', '1795428000', T, true],
    ['DateEquals', 1795428000, T, true],
    ['DateEquals', '2026-11-23', '2026-11-23T00:00Z', true],
    ['DateEquals', T, '2026-11-23T10:00:01Z', false],
    ['DateEquals', T, 'soon', false],
    ['DateEquals', T, undefined, false],
    ['DateNotEquals', T, T, false],
    ['DateNotEquals', T, '2026-11-23T10:00:00.001Z', true],
    ['DateNotEquals', T, undefined, true],
    ['DateLessThan', T, '2026-11-23T09:59:59.999Z', true],
    ['DateLessThan', T, T, false],
    ['DateLessThan', T, undefined, false],
    ['DateLessThanEquals', T, T, true],
    ['DateLessThanEquals', T, '2026-11-23T10:00:00.001Z', false],
    ['DateGreaterThan', T, T, false],
    ['DateGreaterThan', T, '2026-11-23T10:00:00.001Z', true],
    ['DateGreaterThanEquals', T, T, true],
    ['DateGreaterThanEquals', T, '2026-11-23T09:59:59Z', false],
    ['DateGreaterThanEquals', T, 'later', false],
  ]);
});

describe('numeric operators', () =>
  check([
    ['NumericEquals', '10', '10.0', true],
    ['NumericEquals', 10, '10', true],
    ['NumericEquals', '10', '11', false],
    ['NumericEquals', '10', '0xA', false],
    ['NumericEquals', '10', undefined, false],
    ['NumericNotEquals', '10', '10', false],
    ['NumericNotEquals', '10', '9', true],
    ['NumericNotEquals', '10', undefined, true],
    ['NumericLessThan', '10', '9.5', true],
    ['NumericLessThan', '10', '10', false],
    ['NumericLessThan', '9', '10', false],
    ['NumericLessThanEquals', '10', '10', true],
    ['NumericLessThanEquals', '10', '10.1', false],
    ['NumericGreaterThan', '-1', '0', true],
    ['NumericGreaterThan', '0', '0', false],
    ['NumericGreaterThanEquals', '0', '0', true],
    ['NumericGreaterThanEquals', '0', '-1', false],
    ['NumericGreaterThanEquals', '0', undefined, false],
  ]));

describe('Bool and Null', () =>
  check([
    ['Bool', 'true', 'true', true],
    ['Bool', true, 'True', true],
    ['Bool', 'true', 'false', false],
    ['Bool', 'false', 'false', true],
    ['Bool', 'false', undefined, false],
    ['Bool', 'false', 'no', false],
    ['Null', 'true', undefined, true],
    ['Null', 'true', [], true],
    ['Null', 'true', 'a', false],
    ['Null', true, '', false],
    ['Null', 'false', 'a', true],
    ['Null', false, undefined, false],
  ]));

describe('IfExists', () =>
  check([
    ['StringEqualsIfExists', 'a', undefined, true],
    ['StringEqualsIfExists', 'a', 'a', true],
    ['StringEqualsIfExists', 'a', 'b', false],
    ['StringNotEqualsIfExists', 'a', undefined, true],
    ['StringNotEqualsIfExists', 'a', 'a', false],
    ['ArnLikeIfExists', ROLE, undefined, true],
    ['DateLessThanIfExists', '2026-01-01', undefined, true],
    ['DateLessThanIfExists', '2026-01-01', '2027-01-01', false],
    ['NumericEqualsIfExists', '1', undefined, true],
    ['BoolIfExists', 'true', undefined, true],
    ['BoolIfExists', 'true', 'false', false],
    ['ForAnyValue:StringEqualsIfExists', 'a', undefined, true],
    ['ForAnyValue:StringEqualsIfExists', 'a', ['b'], false],
  ]));

describe('set operators', () =>
  check([
    ['ForAllValues:StringEquals', ['a', 'b'], ['a'], true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b'], true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
    ['ForAllValues:StringEquals', 'a', undefined, true],
    ['ForAllValues:StringEquals', 'a', [], true],
    ['ForAllValues:StringEquals', 'a', [''], true],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['c', 'd'], true],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['c', 'a'], false],
    ['ForAllValues:StringNotEquals', ['a', 'b'], undefined, true],
    ['ForAllValues:StringLike', 'a*', ['ab', 'ac'], true],
    ['ForAllValues:StringLike', 'a*', ['ab', 'b'], false],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'b'], true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c'], false],
    ['ForAnyValue:StringEquals', 'a', undefined, false],
    ['ForAnyValue:StringEquals', '', [''], false],
    ['ForAnyValue:StringNotEquals', 'a', ['a', 'b'], true],
    ['ForAnyValue:StringNotEquals', 'a', ['a'], false],
    ['ForAnyValue:StringNotEquals', 'a', undefined, false],
    ['ForAnyValue:NumericLessThan', '5', ['9', '4'], true],
    ['ForAllValues:ArnLike', `${ROLE}*`, [ROLE, `${ROLE}2`], true],
    ['StringEquals', 'a', ['b', 'a'], true],
    ['StringNotEquals', 'a', ['b', 'a'], false],
  ]));

describe('policy variables in values', () => {
  const cases: [string, ConditionBlock, RequestContext, boolean][] = [
    [
      'StringEquals, equal',
      { StringEquals: { 'sts:RoleSessionName': '${sts:SourceIdentity}' } },
      { 'sts:RoleSessionName': 'a', 'sts:SourceIdentity': 'a' },
      true,
    ],
    [
      'StringEquals, different',
      { StringEquals: { 'sts:RoleSessionName': '${sts:SourceIdentity}' } },
      { 'sts:RoleSessionName': 'a', 'sts:SourceIdentity': 'b' },
      false,
    ],
    [
      'StringLike, a star in the value is literal',
      { StringLike: { 'aws:a': '${aws:b}' } },
      { 'aws:a': 'x', 'aws:b': '*' },
      false,
    ],
    [
      'StringLike, a star in the policy is a wildcard',
      { StringLike: { 'aws:a': '${aws:b}/*' } },
      { 'aws:a': 'x/y', 'aws:b': 'x' },
      true,
    ],
    [
      'IgnoreCase folds the value too',
      { StringEqualsIgnoreCase: { 'aws:a': '${aws:B}!' } },
      { 'aws:a': 'xY!', 'aws:b': 'Xy' },
      true,
    ],
    [
      'ArnLike',
      { ArnLike: { 'aws:a': 'arn:aws:iam::${aws:PrincipalAccount}:role/*' } },
      { 'aws:a': 'arn:aws:iam::1:role/x', 'aws:PrincipalAccount': '1' },
      true,
    ],
    ['unresolved, plain', { StringEquals: { 'aws:a': '${aws:b}' } }, { 'aws:a': '${aws:b}' }, false],
    ['unresolved, negated', { StringNotEquals: { 'aws:a': '${aws:b}' } }, { 'aws:a': 'x' }, true],
    [
      'unresolved, next to a value that matches',
      { StringEquals: { 'aws:a': ['${aws:b}', 'x'] } },
      { 'aws:a': 'x' },
      true,
    ],
    ['default', { StringEquals: { 'aws:a': "${aws:b, 'x'}" } }, { 'aws:a': 'x' }, true],
  ];
  it.each(cases)('%s', (_sentence, condition, context, expected) =>
    expect(holds(condition, context)).toBe(expected),
  );
});

describe('a condition block', () => {
  const both: ConditionBlock = { StringEquals: { 'aws:a': '1', 'aws:b': '2' }, Bool: { 'aws:c': 'true' } };
  const good = { 'aws:a': '1', 'aws:b': '2', 'aws:c': 'true' };
  it('holds when every key of every operator does', () => expect(holds(both, good)).toBe(true));
  it.each(Object.keys(good))('fails when %s fails', (key) =>
    expect(holds(both, { ...good, [key]: 'false' })).toBe(false),
  );
  it('matches keys in any case', () =>
    expect(holds({ StringEquals: { 'AWS:sourceIDENTITY': 'a' } }, { 'aws:SourceIdentity': 'a' })).toBe(true));
  it('holds when it is empty', () => expect(holds({}, {})).toBe(true));
  it('can deny everything after a deadline', () => {
    const policies = {
      identity: [
        {
          name: 'p',
          document: {
            Version: '2012-10-17',
            Statement: [
              allow,
              {
                Effect: 'Deny',
                Action: '*',
                Resource: '*',
                Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': '2026-11-23T10:00:00Z' } },
              },
            ],
          } as const,
        },
      ],
    };
    const at = (time: string) => decide(request({ context: { 'aws:CurrentTime': time } }), policies).decision;
    expect(at('2026-11-23T09:59:59Z')).toBe('allow');
    expect(at('2026-11-23T10:00:00Z')).toBe('explicit-deny');
  });
});
