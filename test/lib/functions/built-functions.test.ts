import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  BUILT_FUNCTIONS,
  isCurrent,
  manifestFile,
  manifestOf,
} from '../../../lib/functions/built-functions.ts';
import { bundle } from '../../../lib/functions/bundles.ts';
import { controlEntry } from '../../../lib/functions/control-stems.ts';

const project = mkdtempSync(join(tmpdir(), 'built-functions-test-'));
afterAll(() => rmSync(project, { recursive: true, force: true }));

const built = join(project, 'dist');
const write = (path: string, text: string): void => writeFileSync(join(project, path), text);

describe('built control functions', () => {
  beforeEach(() => {
    mkdirSync(join(project, 'dist'), { recursive: true });
    mkdirSync(join(project, 'packages/a'), { recursive: true });
    for (const path of ['package-lock.json', 'package.json', 'packages/a/package.json']) write(path, '{}');
    write('one.ts', 'export const one = 1;');
    write('packages/a/two.ts', 'export const two = 2;');
    const sources = ['one.ts', 'packages/a/two.ts', 'node_modules/zod/index.js'];
    const manifest = manifestOf(sources, project);
    writeFileSync(manifestFile(built), JSON.stringify(manifest));
  });

  it('are current while their sources are the same', () => expect(isCurrent(built, project)).toBe(true));

  it.each<[string, () => void]>([
    ['a source has changed', () => write('one.ts', 'export const one = 2;')],
    ['a source was deleted', () => rmSync(join(project, 'one.ts'))],
    ['the locked packages have changed', () => write('package-lock.json', '{"packages":{}}')],
    ['a package exports other files', () => write('packages/a/package.json', '{"exports":{}}')],
    ['the build did not end', () => rmSync(manifestFile(built))],
    ['the manifest was only written in part', () => writeFileSync(manifestFile(built), '{"options":')],
    [
      'they were built with other options',
      () =>
        writeFileSync(
          manifestFile(built),
          JSON.stringify({ ...manifestOf(['one.ts'], project), options: '0' }),
        ),
    ],
  ])('are not current when %s', (_what, change) => {
    change();
    expect(isCurrent(built, project)).toBe(false);
  });

  // The installation builds them. After a change of a source, no synth uses them, and there is nothing to compare.
  it.skipIf(!isCurrent(BUILT_FUNCTIONS))('are the bytes that a synth would bundle', () => {
    const entry = controlEntry('submit');
    const bundled = bundle([entry], join(project, 'bundled')).get(entry) ?? '';
    expect(readFileSync(join(BUILT_FUNCTIONS, 'submit', 'index.js'), 'utf8')).toBe(
      readFileSync(join(bundled, 'index.js'), 'utf8'),
    );
  });
});
