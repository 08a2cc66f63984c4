import { expect, it } from 'vitest';
import { renderEnvironment } from '../../../cli/local/render-environment.ts';

it.each([
  ['http://127.0.0.1:4566', 'http://127.0.0.1:4566'],
  ['two words', "'two words'"],
  ["it's $HOME", "'it'\\''s $HOME'"],
  ['', "''"],
])('the value %j is one word of a shell', (value, word) =>
  expect(renderEnvironment({ NAME: value })).toBe(`export NAME=${word}\n`),
);
