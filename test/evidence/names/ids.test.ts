import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  boundaryIdOf,
  denyPolicyName,
  parseDenyPolicyName,
  parseSecretName,
  secretName,
  TASK_ID,
  TASK_TYPE,
} from 'taskbound-evidence/names/ids';

const taskType = fc.stringMatching(/^[a-z][a-z0-9-]{1,22}$/).filter((text) => TASK_TYPE.test(text));
/** Ids that look like the rest of a name, too. */
const taskId = fc
  .oneof(
    fc.stringMatching(/^[A-Za-z0-9_-]{2,40}$/),
    fc.constantFrom('--', '-1', 'a-1795428120', 'taskbound-deny-a', 'session', '0'.repeat(40)),
  )
  .filter((text) => TASK_ID.test(text));
const boundary = fc.tuple(taskType, taskId);
const place = fc
  .record({
    stack: fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,30}$/),
    boundary,
    nonce: fc.stringMatching(/^[0-9a-f]{32}$/),
  })
  .map(({ boundary: [type, id], ...rest }) => ({
    ...rest,
    taskType: type,
    boundaryId: boundaryIdOf(type, id),
  }));
const name = fc.stringMatching(/^[a-z][A-Za-z0-9]{0,31}$/);

/** A text with one character taken out, put in or replaced. */
const nearly = (texts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(texts, fc.nat(), fc.constantFrom('', '/', '-', '.', '0', 'A', '*', '\n', ' ', 'é'), fc.nat(1))
    .map(([text, at, piece, taken]) => {
      const where = at % (text.length + 1);
      return text.slice(0, where) + piece + text.slice(where + taken);
    });

describe('a secret’s name', () => {
  const made = fc.tuple(place, name).map(([at, own]) => secretName(at, own));

  test('tells what it was made of', () => {
    fc.assert(
      fc.property(place, name, (at, own) => {
        expect(parseSecretName(secretName(at, own))).toEqual({ ...at, name: own });
      }),
    );
  });

  test('is ours only when it is one that we would make, to the character', () => {
    fc.assert(
      fc.property(fc.oneof(nearly(made), nearly(nearly(made)), fc.string()), (text) => {
        const parsed = parseSecretName(text);
        if (parsed !== undefined) expect(secretName(parsed, parsed.name)).toBe(text);
      }),
    );
  });

  const NONCE = '0123456789abcdef0123456789abcdef';
  test.each([
    ['another prefix', `taskbounds/S/copy/copy.t1/${NONCE}/key`],
    ['a boundary of another type', `taskbound/S/copy/move.t1/${NONCE}/key`],
    ['a boundary without a task', `taskbound/S/copy/copy/${NONCE}/key`],
    ['a nonce in upper case', `taskbound/S/copy/copy.t1/${NONCE.toUpperCase()}/key`],
    ['a nonce that is too short', `taskbound/S/copy/copy.t1/${NONCE.slice(1)}/key`],
    ['no name', `taskbound/S/copy/copy.t1/${NONCE}`],
    ['an empty name', `taskbound/S/copy/copy.t1/${NONCE}/`],
    ['a name and more', `taskbound/S/copy/copy.t1/${NONCE}/key/more`],
    ['a stack that CloudFormation would not take', `taskbound/1S/copy/copy.t1/${NONCE}/key`],
    ['nothing', ''],
  ])('%s: not ours', (_what, text) => expect(parseSecretName(text)).toBeUndefined());
});

describe('a deny’s name', () => {
  const deadlineMs = fc.nat({ max: 4_102_444_800_000 });
  const made = fc
    .tuple(boundary, deadlineMs)
    .map(([[type, id], ms]) => denyPolicyName(boundaryIdOf(type, id), ms));

  test('tells boundary and deadline, in whole seconds and never too early', () => {
    fc.assert(
      fc.property(boundary, deadlineMs, ([type, id], ms) => {
        const boundaryId = boundaryIdOf(type, id);
        expect(parseDenyPolicyName(denyPolicyName(boundaryId, ms))).toEqual({
          boundaryId,
          deadlineMs: Math.ceil(ms / 1000) * 1000,
        });
      }),
    );
  });

  test('is ours only when it is one that we would make, to the character', () => {
    fc.assert(
      fc.property(fc.oneof(nearly(made), nearly(nearly(made)), fc.string()), (text) => {
        const parsed = parseDenyPolicyName(text);
        if (parsed !== undefined) expect(denyPolicyName(parsed.boundaryId, parsed.deadlineMs)).toBe(text);
      }),
    );
  });

  test.each([
    ['another prefix', 'taskbound-allow-copy.t1-1795428120'],
    ['no deadline', 'taskbound-deny-copy.t1'],
    ['a deadline that is no number', 'taskbound-deny-copy.t1-soon'],
    ['a deadline with a zero in front', 'taskbound-deny-copy.t1-01795428120'],
    ['a negative deadline', 'taskbound-deny-copy.t1-'],
    ['a deadline beyond all numbers', `taskbound-deny-copy.t1-${'9'.repeat(20)}`],
    ['no task', 'taskbound-deny-copy-1795428120'],
    ['a policy of the template', 'DefaultPolicy'],
  ])('%s: not ours', (_what, text) => expect(parseDenyPolicyName(text)).toBeUndefined());
});
