import { spawn } from 'node:child_process';
import { mkdir, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KeptAssemblies } from '../../../../cli/app/cache/kept-assemblies.ts';
import { temporaryFolder } from '../../support.ts';

const NOW_MS = Date.UTC(2026, 10, 30);
const HOUR_MS = 3_600_000;

async function assemblyOf(content: string): Promise<string> {
  const directory = await temporaryFolder();
  await writeFile(join(directory, 'manifest.json'), content);
  await mkdir(join(directory, 'asset.1'));
  await writeFile(join(directory, 'asset.1/index.js'), 'code');
  return directory;
}

async function keptIn(folder: string, nowMs = NOW_MS): Promise<KeptAssemblies> {
  return new KeptAssemblies(join(folder, 'cache'), nowMs);
}

describe('kept assemblies', () => {
  it('are found by their digest, as they were stored', async () => {
    const folder = await temporaryFolder();
    const kept = await keptIn(folder);
    expect(await kept.find('a')).toBeUndefined();
    await kept.store('a', await assemblyOf('one'));
    const directory = await kept.find('a');
    expect((await readdir(directory ?? '', { recursive: true })).sort()).toEqual([
      'asset.1',
      'asset.1/index.js',
      'manifest.json',
    ]);
    expect(await kept.find('b')).toBeUndefined();
    expect(await readdir(join(folder, 'cache'))).toEqual(['a']);
  });

  it.each<[string, (entry: string) => Promise<unknown>]>([
    ['a truncated file', (entry) => truncate(join(entry, 'assembly/manifest.json'), 1)],
    ['a missing file', (entry) => rm(join(entry, 'assembly/asset.1/index.js'))],
    ['another file', (entry) => writeFile(join(entry, 'assembly/more.json'), '')],
    ['no list of its files', (entry) => rm(join(entry, 'contents.json'))],
    ['half a list of its files', (entry) => truncate(join(entry, 'contents.json'), 5)],
  ])('with %s are not used, and are stored again', async (_what, damage) => {
    const folder = await temporaryFolder();
    const kept = await keptIn(folder);
    await kept.store('a', await assemblyOf('one'));
    await damage(join(folder, 'cache/a'));
    expect(await kept.find('a')).toBeUndefined();
    await kept.store('a', await assemblyOf('one'));
    expect(await kept.find('a')).toBeDefined();
  });

  it('are stored by two processes at once', async () => {
    const folder = await temporaryFolder();
    const assembly = await assemblyOf('one');
    const program = `
      const { KeptAssemblies } = await import(${JSON.stringify(new URL('../../../../cli/app/cache/kept-assemblies.ts', import.meta.url))});
      const kept = new KeptAssemblies(${JSON.stringify(join(folder, 'cache'))}, ${NOW_MS});
      for (let i = 0; i < 20; i += 1) {
        await kept.store('digest-' + i, ${JSON.stringify(assembly)});
        for (let look = 0; look < 5; look += 1)
          if ((await kept.find('digest-' + i)) === undefined) process.exit(1);
      }`;
    const codes = await Promise.all(
      [1, 2].map(
        () =>
          new Promise((resolve) => {
            const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
              stdio: 'inherit',
            });
            child.on('close', resolve);
          }),
      ),
    );
    expect(codes).toEqual([0, 0]);
    expect((await readdir(join(folder, 'cache'))).filter((name) => name.startsWith('unfinished'))).toEqual(
      [],
    );
  });

  it('are removed when they are old and not among the last', async () => {
    const folder = await temporaryFolder();
    const kept = await keptIn(folder);
    for (const digest of ['a', 'b', 'c', 'd', 'e']) {
      await kept.store(digest, await assemblyOf(digest));
      const used = new Date(NOW_MS - (digest === 'e' ? 1 : 'edcba'.indexOf(digest) + 1) * 2 * HOUR_MS);
      await utimes(join(folder, 'cache', digest), used, used);
    }
    await mkdir(join(folder, 'cache/unfinished-1'));
    await utimes(join(folder, 'cache/unfinished-1'), 1, 1);
    await kept.store('f', await assemblyOf('f'));
    expect((await readdir(join(folder, 'cache'))).sort()).toEqual(['c', 'd', 'e', 'f']);
  });

  it('are not removed within an hour, because another process may read them', async () => {
    const folder = await temporaryFolder();
    const kept = await keptIn(folder);
    for (const digest of ['a', 'b', 'c', 'd', 'e', 'f']) await kept.store(digest, await assemblyOf(digest));
    expect(await readdir(join(folder, 'cache'))).toHaveLength(6);
  });

  it('are not stored where nothing can be written, without an error', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'cache'), 'a file');
    const kept = await keptIn(folder);
    await kept.store('a', await assemblyOf('one'));
    expect(await kept.find('a')).toBeUndefined();
    expect((await stat(join(folder, 'cache'))).isFile()).toBe(true);
  });
});
