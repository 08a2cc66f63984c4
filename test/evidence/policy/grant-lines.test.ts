import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoted } from '../../../packages/evidence/display/visible.ts';
import { conditionWords } from '../../../packages/evidence/policy/condition-words.ts';
import { grantLines } from '../../../packages/evidence/policy/grant-lines.ts';
import { policyUntil } from '../../fixtures/task-events.ts';
import { HOSTILE_VALUES } from '../display/hostile-values.ts';

interface Tool {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

const policyOf = (...Statement: readonly unknown[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement });
const tool = (change: Partial<Tool> = {}): Tool => ({
  Sid: 'readCase',
  Effect: 'Allow',
  Action: 'dynamodb:GetItem',
  Resource: 'arn:aws:dynamodb:eu-central-1:111122223333:table/Cases',
  ...change,
});
const wordsOf = (Condition: unknown): string[] => conditionWords(tool({ Condition })).map(({ says }) => says);

describe('what a policy grants', () => {
  it('is one block for each tool, with the condition in words', () => {
    const Condition = {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': 'C-1001' },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    };
    expect(grantLines(policyOf(tool({ Condition })))).toEqual([
      '  readCase: dynamodb:GetItem',
      '      on exactly "arn:aws:dynamodb:eu-central-1:111122223333:table/Cases"',
      '      only items whose partition key is "C-1001"',
    ]);
  });

  it('leaves out what Taskbound writes, but only in the form in which it writes it', () => {
    expect(grantLines(policyUntil('2026-11-23T10:02:00Z'))).toEqual([
      '  readSource: s3:GetObject',
      expect.stringMatching(/^ {6}on exactly "/),
    ]);
    const wide = {
      ...tool({ Sid: 'TaskboundSecrets', Action: 'secretsmanager:GetSecretValue', Resource: '*' }),
    };
    expect(grantLines(policyOf(wide))).toEqual([
      '  a statement that is not of a tool: {"Sid":"TaskboundSecrets","Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}',
    ]);
  });

  it.each([
    ['NotAction', { Sid: 'a', Effect: 'Allow', NotAction: 's3:GetObject', Resource: 'b' }],
    ['an element that is not known', { ...tool(), Principal: '*' }],
    ['an action that is not a text', { ...tool(), Action: ['s3:GetObject', 7] }],
    ['no resource', { ...tool(), Resource: [] }],
    ['a deny', { ...tool(), Effect: 'Deny' }],
    ['no object', 'Allow'],
  ])('a statement with %s is shown as it is', (_what, statement) => {
    expect(grantLines(policyOf(statement))).toEqual([
      `  a statement that is not of a tool: ${JSON.stringify(statement)}`,
    ]);
  });

  it('that is not a policy is shown as it is', () => {
    expect(grantLines('{\u00a0')).toEqual([
      '  It is not JSON, so it is not known what it allowed. "{\\u{a0}"',
    ]);
  });

  it.each([
    ['arn:aws:s3:::b/a${*}b', 'exactly "arn:aws:s3:::b/a*b"'],
    ['arn:aws:s3:::b/in/*', 'everything that begins with "arn:aws:s3:::b/in/"'],
    ['arn:aws:s3:::b/*/x', 'all that match (* any characters, ? one character) "arn:aws:s3:::b/*/x"'],
    ['arn:aws:secretsmanager:r:1:secret:s-??????', 'the secret "arn:aws:secretsmanager:r:1:secret:s"'],
    ['*', 'everything: "*"'],
  ])('on %s', (Resource, words) => {
    expect(grantLines(policyOf(tool({ Resource })))[1]).toBe(`      on ${words}`);
  });
});

describe('a condition', () => {
  it.each<[unknown, string[]]>([
    [
      { StringEquals: { 's3:x-amz-server-side-encryption': 'aws:kms' } },
      ['only if s3:x-amz-server-side-encryption is "aws:kms"'],
    ],
    [{ StringEquals: { k: ['a', 'b'] } }, ['only if k is "a" or "b"']],
    [{ StringNotEquals: { k: ['a', 'b'] } }, ['only if k is not "a" nor "b"']],
    [{ StringEquals: { k: 'C${*}' } }, ['only if k is "C*"']],
    [{ StringEquals: { k: 'C*' } }, ['only if k is "C*" (as written)']],
    [{ StringLike: { 's3:prefix': 'in/*' } }, ['only if s3:prefix matches anything that begins with "in/"']],
    [{ StringLike: { k: 'a?' } }, ['only if k matches the pattern (* any characters, ? one character) "a?"']],
    [{ StringEqualsIfExists: { k: 'a' } }, ['only if k is absent or is "a"']],
    [{ 'ForAllValues:StringEquals': { k: 'a' } }, ['only if k has no value or each of its values is "a"']],
    [{ 'ForAnyValue:StringLike': { k: 'a' } }, ['only if one of the values of k matches "a"']],
    [{ Null: { k: 'true' } }, ['only if k is absent from the request']],
    [{ Null: { k: 'false' } }, ['only if k is present in the request']],
    [{ Bool: { 'aws:SecureTransport': 'true' } }, ['only if aws:SecureTransport is the Boolean "true"']],
    [{ NumericLessThan: { k: '7' } }, ['only if k is less than "7"']],
    [{ 'a key': { 'b c': 'd' } }, ['only if the condition "a key" "b c" "d" is met']],
    [{ StringSounds: { k: ['a'] } }, ['only if the condition StringSounds k ["a"] is met']],
    [{ StringEquals: { k: 7 } }, ['only if the condition StringEquals k 7 is met']],
    [{ StringEquals: { k: [] } }, ['only if the condition StringEquals k [] is met']],
    [{ StringEquals: 'k' }, ['only if the condition StringEquals "k" is met']],
    [{ constructor: { k: 'a' } }, ['only if the condition constructor k "a" is met']],
    ['x', ['only if the condition "x" is met']],
    [{}, ['only if the condition {} is met']],
  ])('%j', (condition, words) => expect(wordsOf(condition)).toEqual(words));

  it('on the partition key is one sentence only if both parts are there', () => {
    const keys = { 'dynamodb:LeadingKeys': ['a', 'b'] };
    const half = wordsOf({ 'ForAllValues:StringEquals': keys });
    expect(half).toEqual(['only if dynamodb:LeadingKeys has no value or each of its values is "a" or "b"']);
    expect(wordsOf({ 'ForAllValues:StringEquals': keys, Null: { 'dynamodb:LeadingKeys': 'true' } })).toEqual([
      ...half,
      'only if dynamodb:LeadingKeys is absent from the request',
    ]);
    const both = {
      'ForAllValues:StringEquals': { ...keys, more: 'c' },
      Null: { 'dynamodb:LeadingKeys': 'false', more: 'true' },
      Bool: { x: 'true' },
    };
    expect(wordsOf(both)).toEqual([
      'only items whose partition key is "a" or "b"',
      'only if more has no value or each of its values is "c"',
      'only if more is absent from the request',
      'only if x is the Boolean "true"',
    ]);
  });
});

const VALUE = fc.oneof(
  fc.constantFrom(...HOSTILE_VALUES.flatMap(([, value, like]) => [value, like])),
  fc.constantFrom(
    'a',
    'b',
    '*',
    '${*}',
    'a*',
    'a${*}',
    '**',
    '${aws:username}',
    '??????',
    'a-??????',
    'true',
    'false',
    '"',
    '\\',
    '',
  ),
  fc.string({ maxLength: 6 }),
);
const oneOrMany = (values: readonly string[]): string | readonly string[] =>
  values.length === 1 ? (values[0] ?? '') : values;
const VALUES = fc.array(VALUE, { minLength: 1, maxLength: 3 }).map(oneOrMany);
const OPERATORS = ['', 'ForAllValues:', 'ForAnyValue:'].flatMap((set) =>
  [
    'StringEquals',
    'StringNotEquals',
    'StringLike',
    'ArnLike',
    'NumericEquals',
    'Bool',
    'Null',
    'StringSounds',
  ].flatMap((base) => ['', 'IfExists'].map((end) => `${set}${base}${end}`)),
);
const KEYS = fc.constantFrom('dynamodb:LeadingKeys', 's3:prefix', 'a', 'a key', 'p\u0430y');
const fields = (names: fc.Arbitrary<string>, values: fc.Arbitrary<unknown>) =>
  fc
    .uniqueArray(fc.tuple(names, values), { selector: ([name]) => name, minLength: 1, maxLength: 3 })
    .map((entries) => Object.fromEntries(entries));
const CONDITION = fc.oneof(
  fields(fc.constantFrom(...OPERATORS), fields(KEYS, VALUES)),
  VALUES.map((values) => ({
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': values },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  })),
);
const TOOL = fc.record(
  {
    Sid: fc.constantFrom('readCase', 'a'),
    Effect: fc.constant('Allow' as const),
    Action: fc
      .array(fc.constantFrom('s3:GetObject', 's3:PutObject', 'dynamodb:GetItem', 'a, b'), {
        minLength: 1,
        maxLength: 3,
      })
      .map(oneOrMany),
    Resource: VALUES,
    Condition: CONDITION,
  },
  { requiredKeys: ['Sid', 'Effect', 'Action', 'Resource'] },
);
const TOOLS = fc.array(TOOL, { minLength: 1, maxLength: 3 });

/** All texts in a value, and all keys. */
const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, each]) => [key, ...textsIn(each)])
    : [];
};

/** The values of a condition, without operators and keys. */
const valuesIn = (condition: object = {}): unknown[] =>
  Object.values(condition).flatMap((keys: object) => Object.values(keys));

/** A tool with one text of it replaced by another. */
const changed = (tools: readonly unknown[], from: string, to: string): unknown =>
  JSON.parse(JSON.stringify(tools), (_key, value: unknown) => (value === from ? to : value));

describe('for any tools', () => {
  /** As a value is shown: with its escaped characters resolved, and without the wildcard after a prefix or the random ending of a secret. */
  const shownForms = (value: string): string[] =>
    [value, value.replace(/\*$/, ''), value.replace(/-\?{6}$/, '')]
      .flatMap((form) => [form, form.replace(/\$\{([*?$])\}/g, '$1')])
      .map(quoted);

  it('each action, resource and condition is on the screen', () => {
    fc.assert(
      fc.property(TOOLS, (tools) => {
        const text = grantLines(policyOf(...tools)).join('\n');
        for (const { Sid, Action, Resource, Condition } of tools) {
          for (const name of [Sid, ...textsIn(Action)]) expect(text).toContain(name);
          const isKeyed = (value: string) => value === 'false' || value === 'dynamodb:LeadingKeys';
          for (const value of [...textsIn(Resource), ...textsIn(valuesIn(Condition))])
            expect(
              isKeyed(value) ||
                /^(true|false)$/.test(value) ||
                shownForms(value).some((form) => text.includes(form)),
            ).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('policies that differ are shown differently', () => {
    fc.assert(
      fc.property(TOOLS, TOOLS, VALUE, fc.nat(), (tools, others, value, at) => {
        const texts = textsIn(tools.map(({ Resource, Condition }) => [Resource, Condition]));
        const near = changed(tools, texts[at % texts.length] ?? '', value);
        const shown = (each: unknown): string => grantLines(policyOf(...(each as unknown[]))).join('\n');
        for (const other of [others, near])
          expect(shown(other) === shown(tools)).toBe(JSON.stringify(other) === JSON.stringify(tools));
      }),
      { numRuns: 500 },
    );
  });
});
