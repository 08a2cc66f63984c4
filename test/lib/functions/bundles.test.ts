import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bundle } from '../../../lib/functions/bundles.ts';

const folder = mkdtempSync(join(tmpdir(), 'bundles-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const source = (path: string, text: string): string => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
  return join(folder, path);
};

const entries = [
  source(
    'one/index.ts',
    'import { said } from "../shared.ts"; class OddName extends Error {} export const handler = async () => said + new OddName().constructor.name;',
  ),
  source('two/index.ts', 'export const handler = async (): Promise<number> => 2;'),
  source('three.ts', 'export const handler = async () => 3;'),
];
source('shared.ts', 'export const said: string = "hello ";');

const build = (name: string) => bundle(entries, join(folder, name));
const textOf = (folders: Map<string, string>, entry = '') =>
  readFileSync(join(folders.get(entry) ?? '', 'index.js'), 'utf8');

describe('bundles', () => {
  const first = build('first');

  it('are one CommonJS file in a separate folder for each function', async () => {
    expect(new Set(first.values()).size).toBe(entries.length);
    const module = { exports: {} as { handler: () => Promise<unknown> } };
    new Function('module', 'exports', 'require', textOf(first, entries[0]))(
      module,
      module.exports,
      undefined,
    );
    expect(await module.exports.handler()).toBe('hello OddName');
  });

  it('are byte-identical for the same sources in any folder', () => {
    const second = build('elsewhere/second');
    for (const entry of entries) expect(textOf(second, entry)).toBe(textOf(first, entry));
  });

  it('are refused with file and line when a source cannot be built', () => {
    const broken = source('broken.ts', 'export const handler = ;');
    expect(() => bundle([broken], join(folder, 'third'))).toThrow(/broken\.ts:1:23/);
  });
});
