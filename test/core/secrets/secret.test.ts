import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from '../../../core/secrets/secret.ts';

const secret = new Secret('hunter2-hunter2');

it.each<[string, () => string]>([
  ['String()', () => String(secret)],
  ['a template', () => `${secret}`],
  ['concatenation', () => '' + secret],
  ['JSON.stringify', () => JSON.stringify({ secret })],
  ['util.inspect', () => inspect({ secret })],
  [
    'util.inspect with hidden properties',
    () => inspect(secret, { showHidden: true, depth: 9, getters: true }),
  ],
  ['util.format', () => format('%s %j %o %O', secret, secret, secret, secret)],
  ['an error', () => new Error(`failed with ${secret}`).stack ?? ''],
  ['Object.entries', () => JSON.stringify(Object.entries(secret))],
  ['structured enumeration', () => JSON.stringify(Reflect.ownKeys(secret))],
])('a secret does not print its value through %s', (_way, print) => {
  expect(print()).not.toContain('hunter2');
});

it('a secret returns its value only on request', () => {
  expect(secret.reveal()).toBe('hunter2-hunter2');
});
