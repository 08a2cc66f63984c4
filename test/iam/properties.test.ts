import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from 'taskbound-iam/evaluate';
import type { Glob } from '../../packages/iam/glob.ts';
import { ANY_ONE, ANY_RUN, matchesGlob } from '../../packages/iam/glob.ts';
import type { PolicySet, PrincipalBlock, Statement } from 'taskbound-iam/policy';
import { OBJECT, ROLE, ROOT_ARN, SESSION, allow, identityOnly, named, request } from './support.ts';

/** A slow reference for `*` and `?`, which works on whole characters and tries every split. */
function naive(pattern: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '*') return naive(rest, text) || (text.length > 0 && naive(pattern, text.slice(1)));
  return text.length > 0 && (first === '?' || first === text[0]) && naive(rest, text.slice(1));
}

function toGlob(pattern: readonly string[]): Glob {
  return pattern.flatMap((character) => {
    if (character === '*') return [ANY_RUN];
    if (character === '?') return [ANY_ONE];
    return Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  });
}

describe('globs', () => {
  const pattern = fc.array(fc.constantFrom('a', 'b', '*', '?', '/', '😀'), { maxLength: 8 });
  const text = fc.array(fc.constantFrom('a', 'b', '/', '😀'), { maxLength: 8 });
  it('match like the naive reference', () =>
    fc.assert(
      fc.property(pattern, text, (p, t) => matchesGlob(toGlob(p), t.join('')) === naive(p, t)),
      { numRuns: 1000 },
    ));
  it('match the text from which they were made', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('a', '😀', '/'), fc.constantFrom('keep', '?', '*')), {
          maxLength: 20,
        }),
        (pairs) => {
          const made = pairs.map(([character, how]) => (how === 'keep' ? character : how));
          expect(matchesGlob(toGlob(made), pairs.map(([character]) => character).join(''))).toBe(true);
        },
      ),
    ));
  it('do not take exponential time', () => {
    const many = toGlob([...'a*'.repeat(200), 'b']);
    expect(matchesGlob(many, 'a'.repeat(20_000))).toBe(false);
  });
});

describe('escaped literals', () => {
  const key = fc.string({
    unit: fc.constantFrom('*', '?', '$', '{', '}', 'a', '/', ':'),
    minLength: 1,
    maxLength: 12,
  });
  const escape = (text: string) => text.replace(/[*?$]/g, (character) => `\${${character}}`);
  const object = (name: string) => `arn:aws:s3:::bucket/${name}`;
  const allowed = (statement: Statement, resource: string, value: string) =>
    decide(request({ resource, context: { 'aws:a': value } }), identityOnly(statement)).decision === 'allow';

  it('match themselves and nothing else', () =>
    fc.assert(
      fc.property(key, key, (one, two) => {
        const byResource = { ...allow, Resource: object(escape(one)) };
        const byValue = (operator: string) => ({
          ...allow,
          Resource: '*',
          Condition: { [operator]: { 'aws:a': escape(one) } },
        });
        for (const text of [one, two]) {
          expect(allowed(byResource, object(text), '')).toBe(text === one);
          expect(allowed(byValue('StringLike'), OBJECT, text)).toBe(text === one);
          expect(allowed(byValue('StringEquals'), OBJECT, text)).toBe(text === one);
        }
      }),
      { numRuns: 300 },
    ));
});

const statement = (extra: Partial<Statement> = {}): fc.Arbitrary<Statement> =>
  fc
    .record({
      Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
      Action: fc.constantFrom('s3:GetObject', 's3:PutObject', 's3:*', '*', 's3:Get*'),
      Resource: fc.constantFrom('*', OBJECT, 'arn:aws:s3:::bucket/*', 'arn:aws:s3:::other/*'),
      Condition: fc.constantFrom(
        undefined,
        undefined,
        { StringEquals: { 'aws:a': 'x' } },
        { StringNotLike: { 'aws:a': 'x*' } },
        { Null: { 'aws:a': 'true' } },
      ),
    })
    .map(({ Condition, ...rest }) => ({
      ...(rest as Statement),
      ...(Condition === undefined ? {} : { Condition }),
      ...extra,
    }));
const principal = fc.constantFrom<PrincipalBlock>(
  '*',
  { AWS: ROLE },
  { AWS: SESSION },
  { AWS: ROOT_ARN },
  { AWS: `${ROLE}2` },
);
const forResource = fc
  .tuple(statement(), principal)
  .map(([base, Principal]): Statement => ({ ...base, Principal }));
const list = (item: fc.Arbitrary<Statement>) => fc.array(item, { minLength: 1, maxLength: 3 });

interface Lists {
  readonly identity: Statement[];
  readonly boundary: Statement[] | undefined;
  readonly session: Statement[] | undefined;
  readonly resource: Statement[] | undefined;
}
const KINDS = ['identity', 'boundary', 'session', 'resource'] as const;
const lists: fc.Arbitrary<Lists> = fc.record({
  identity: list(statement()),
  boundary: fc.option(list(statement()), { nil: undefined }),
  session: fc.option(list(statement()), { nil: undefined }),
  resource: fc.option(list(forResource), { nil: undefined }),
});

function toSet({ identity, boundary, session, resource }: Lists): PolicySet {
  return {
    identity: [named('identity', ...identity)],
    ...(boundary && { boundary: named('boundary', ...boundary) }),
    ...(session && { session: named('session', ...session) }),
    ...(resource && { resource: named('resource', ...resource) }),
  };
}

/** The decisions before and after a statement with this effect is added to an existing policy. */
const added = (Effect: Statement['Effect']) =>
  fc
    .tuple(
      lists,
      fc.constantFrom(...KINDS),
      statement({ Effect }),
      principal,
      fc.constantFrom<Record<string, string>>({}, { 'aws:a': 'x' }),
    )
    .map(([before, kind, more, Principal, context]) => {
      const existing = before[kind];
      const extra = kind === 'resource' ? { ...more, Principal } : more;
      const after = existing === undefined ? before : { ...before, [kind]: [...existing, extra] };
      const asked = request({ context });
      return [decide(asked, toSet(before)).decision, decide(asked, toSet(after)).decision] as const;
    });

describe('decisions', () => {
  it('never change from allow to deny with one more Allow', () =>
    fc.assert(
      fc.property(added('Allow'), ([before, after]) => before !== 'allow' || after === 'allow'),
      { numRuns: 700 },
    ));
  it('never change from deny to allow with one more Deny', () =>
    fc.assert(
      fc.property(added('Deny'), ([before, after]) => before === 'allow' || after !== 'allow'),
      { numRuns: 700 },
    ));
  it('have every kind of outcome in these properties, so that they are not vacuous', () => {
    const seen = new Set(
      fc.sample(added('Deny'), { numRuns: 500, seed: 1 }).map(([before, after]) => `${before} ${after}`),
    );
    expect([...seen].sort()).toEqual(
      expect.arrayContaining([
        'allow allow',
        'allow explicit-deny',
        'implicit-deny explicit-deny',
        'implicit-deny implicit-deny',
      ]),
    );
  });
});
