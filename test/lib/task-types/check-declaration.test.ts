import { describe, expect, it } from 'vitest';
import { DeclarationError } from '../../../core/shared/errors.ts';
import { checkDeclaration, type Declaration } from '../../../lib/task-types/check-declaration.ts';
import { checkTimeouts } from '../../../lib/task-types/timeouts.ts';
import { checkWindow } from '../../../lib/windows/check-window.ts';
import { JitSecret, MaintenanceWindow, Parameter, Tool } from '../../../lib/index.ts';

const read = Tool.allow('s3:GetObject').on('arn:aws:s3:::bucket/{key}');
const sound = { type: 'reader', parameters: { key: Parameter.s3Key() }, tools: { read }, secrets: {} };

type Declared = Partial<Omit<Declaration, 'tools'> & { tools: Readonly<Record<string, Tool>> }>;

function check(change: Declared): void {
  const { tools, ...rest } = { ...sound, ...change };
  checkDeclaration({ ...rest, tools: Object.entries(tools).map(([name, tool]) => tool._toSpec(name)) });
}

const on = (...resources: string[]) => ({ tools: { read: Tool.allow('s3:GetObject').on(...resources) } });
const when = (operator: string, key: string, ...values: string[]) => ({
  tools: { read: read.when(operator, key, ...values) },
});

describe('a declaration is refused', () => {
  it.each<[string, Declared, RegExp]>([
    ['a type in capitals', { type: 'Reader' }, /Task type "Reader" is not a name/],
    ['a type that is too long', { type: 'a'.repeat(24) }, /is not a name/],
    [
      'a parameter with a dash',
      { parameters: { 'a-b': Parameter.s3Key() } },
      /Parameter "a-b" is not a name/,
    ],
    ['a tool in capitals', { tools: { Read: read } }, /Tool "Read" is not a name/],
    ['a tool with a name that Taskbound uses', { tools: { decryptSecrets: read } }, /Taskbound’s own/],
    ['no tool', { tools: {} }, /has no tools/],
    [
      'a secret with the name of the session secret',
      { secrets: { session: JitSecret.signingKey() } },
      /session secret/,
    ],
    ['a secret with a slash', { secrets: { 'a/b': JitSecret.signingKey() } }, /is not a name/],
    ['a short password', { secrets: { password: JitSecret.generated({ characters: 8 }) } }, /password/],
    [
      'an undeclared parameter',
      on('arn:aws:s3:::bucket/{key}', 'arn:aws:s3:::bucket/{other}'),
      /uses the parameter other, which is not declared; declared: key/,
    ],
    [
      'a parameter that Object.prototype has',
      on('arn:aws:s3:::bucket/{key}', 'arn:aws:s3:::bucket/{constructor}'),
      /constructor, which is not declared/,
    ],
    [
      'an unused parameter',
      { parameters: { key: Parameter.s3Key(), other: Parameter.s3Key() } },
      /other of task type reader is used by no tool/,
    ],
    ['every resource', on('*'), /which matches everything/],
    ['every resource with two stars', on('arn:aws:s3:::bucket/{key}', '**'), /which matches everything/],
    ['no action', { tools: { read: Tool.allow().on('arn:aws:s3:::bucket/{key}') } }, /allows no action/],
    ['no resource', { tools: { read: Tool.allow('s3:GetObject').on() } }, /has no resource/],
    [
      'a forbidden action',
      { tools: { read: Tool.allow('s3:GetObject', 'sts:AssumeRole').on('arn:aws:s3:::bucket/{key}') } },
      /may not allow sts:AssumeRole: /,
    ],
    [
      'a policy variable around a parameter',
      on('arn:aws:s3:::bucket/${key}'),
      /IAM would read a policy variable/,
    ],
    ['a parameter as the account', on('arn:aws:sqs:eu-central-1:{key}:queue'), /service, region or account/],
    [
      'the secrets of Taskbound',
      on('arn:aws:secretsmanager:eu-central-1:111122223333:secret:taskbound/{key}'),
      /includes tasks’ secrets that Taskbound creates/,
    ],
    [
      'every secret',
      on('arn:aws:secretsmanager:eu-central-1:111122223333:secret:*{key}'),
      /includes tasks’ secrets that Taskbound creates/,
    ],
    [
      'secrets whose names start like those of Taskbound',
      on('arn:aws:secretsmanager:eu-central-1:111122223333:secret:task*{key}'),
      /includes tasks’ secrets that Taskbound creates/,
    ],
    [
      'a prefix in the middle',
      { ...on('arn:aws:s3:::bucket/{key}x'), parameters: { key: Parameter.s3Prefix() } },
      /only at the very end/,
    ],
    [
      'a prefix with a star',
      { ...on('arn:aws:s3:::bucket/{key}*'), parameters: { key: Parameter.s3Prefix() } },
      /only at the very end/,
    ],
    [
      'a prefix twice',
      { ...on('arn:aws:s3:::bucket/{key}/{key}'), parameters: { key: Parameter.s3Prefix() } },
      /only at the very end/,
    ],
    ['a parameter as a date', when('DateLessThan', 'aws:CurrentTime', '{key}'), /is not a text operator/],
    ['a parameter as an address', when('IpAddress', 'aws:SourceIp', '{key}'), /is not a text operator/],
    [
      'an undeclared parameter in a condition',
      when('StringEquals', 's3:prefix', '{other}'),
      /other, which is not declared/,
    ],
    ['an empty range', { parameters: { key: Parameter.integer({ min: 2, max: 1 }) } }, /range 2 to 1/],
    ['no choice', { parameters: { key: Parameter.oneOf() } }, /Parameter key is/],
    [
      'a key that is too long for S3',
      { parameters: { key: Parameter.s3Key({ maxBytes: 1025 }) } },
      /Parameter key is/,
    ],
  ])('with %s', (_name, change, message) => {
    expect(() => check(change)).toThrow(DeclarationError);
    expect(() => check(change)).toThrow(message);
  });

  it.each([
    [60, 60, 120],
    [60, 75, 75],
    [60, 75, 3601],
    [90, 75, 120],
  ])('with timeouts of %i, %i and %i seconds', (work, state, lease) => {
    expect(() => checkTimeouts('reader', { work, state, lease, task: lease })).toThrow(
      `${work} s (work function), ${state} s (state) and ${lease} s (lease)`,
    );
  });
});

it('a declaration is refused when the task is shorter than its lease', () => {
  expect(() => checkTimeouts('reader', { work: 60, state: 75, lease: 120, task: 119 })).toThrow(
    'a task timeout of 119 s and a lease of 120 s',
  );
});

it('a declaration is refused when the task is longer than the maximum', () => {
  const timeouts = { work: 60, state: 75, lease: 120 };
  expect(() => checkTimeouts('reader', { ...timeouts, task: 12_001 })).toThrow(
    /12001 s and a lease of 120 s.* at most 100, 12000 s here/,
  );
  expect(() => checkTimeouts('reader', { ...timeouts, task: 12_000 })).not.toThrow();
});

describe('a declaration is accepted', () => {
  it.each<[string, Declared]>([
    ['that is complete', {}],
    [
      'with a prefix at the end',
      { ...on('arn:aws:s3:::bucket/{key}'), parameters: { key: Parameter.s3Prefix() } },
    ],
    ['with a parameter in a condition', when('StringEquals', 's3:ExistingObjectTag/owner', '{key}')],
    [
      'with a fixed condition of any operator',
      when('DateLessThan', 'aws:CurrentTime', '2030-01-01T00:00:00Z'),
    ],
    [
      'with a wildcard that its author wrote',
      on('arn:aws:s3:::bucket/{key}', 'arn:aws:s3:::bucket/public/*'),
    ],
    [
      'with a policy variable of IAM',
      on('arn:aws:s3:::bucket/{key}', 'arn:aws:s3:::bucket/${aws:SourceIdentity}'),
    ],
    [
      'with both kinds of secret',
      { secrets: { password: JitSecret.generated(), key: JitSecret.signingKey() } },
    ],
  ])('%s', (_name, change) => {
    expect(() => check(change)).not.toThrow();
  });

  it('with the longest lease', () => {
    expect(() => checkTimeouts('reader', { work: 900, state: 915, lease: 3600, task: 3600 })).not.toThrow();
  });
});

describe('a window', () => {
  const fixed = (change: object) =>
    MaintenanceWindow.fixed({
      ...{ days: ['monday'], opens: '22:00', closes: '02:00', timeZone: 'Europe/Berlin' },
      ...change,
    });

  it.each<[string, object, RegExp]>([
    ['no days', { days: [] }, /has the days \[\] and the hours 22:00 to 02:00; allowed: at least one day/],
    ['a day that does not exist', { days: ['montag'] }, /has the days \[montag\]/],
    ['an hour that does not exist', { opens: '24:00' }, /the hours 24:00 to 02:00.*times such as 22:00/],
    ['a time without minutes', { closes: '2' }, /the hours 22:00 to 2;/],
    [
      'a time zone that does not exist',
      { timeZone: 'Europe/Atlantis' },
      /time zone "Europe\/Atlantis"; allowed: a name of the IANA/,
    ],
    [
      'a time zone in the wrong case',
      { timeZone: 'europe/berlin' },
      /time zone "europe\/berlin"; .*in its exact spelling/,
    ],
    ['an offset', { timeZone: '+01:00' }, /time zone "\+01:00"/],
    [
      'too little time for the work',
      { closes: '22:02' },
      /from 22:00 to 22:02, which is 120 s; its work, .* needs 135 s/,
    ],
  ])('is refused with %s', (_what, change, message) => {
    expect(() => checkWindow('reader', fixed(change), 75)).toThrow(DeclarationError);
    expect(() => checkWindow('reader', fixed(change), 75)).toThrow(message);
  });

  it('is accepted when the work just fits, when the window spans midnight, and when the request contains the window', () => {
    for (const rule of [fixed({ closes: '22:03' }), fixed({}), MaintenanceWindow.required(), undefined])
      expect(() => checkWindow('reader', rule, 120)).not.toThrow();
  });
});
