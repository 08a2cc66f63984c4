import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { restoreState, saveState } from '../../../cli/local/saved-state.ts';
import { temporaryFolder } from '../support.ts';

const awsWith = (state: string, restored: string[] = []) => ({
  snapshot: async () => state,
  restore: async (snapshot: string) => {
    if (snapshot === 'broken') throw new Error('it is broken');
    restored.push(snapshot);
  },
});

it('restores what was saved last', async () => {
  const folder = await temporaryFolder();
  const restored: string[] = [];
  await saveState(folder, awsWith('first'));
  await saveState(folder, awsWith('second'));
  await restoreState(folder, awsWith('', restored));
  expect(restored).toEqual(['second']);
  expect(await readFile(join(folder, 'state.json'), 'utf8')).toBe('second');
});

it('restores nothing from an empty folder', async () => {
  const restored: string[] = [];
  await restoreState(await temporaryFolder(), awsWith('', restored));
  expect(restored).toEqual([]);
});

it('reports a state that cannot be restored, with the next step', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'state.json'), 'broken');
  await expect(restoreState(folder, awsWith(''))).rejects.toThrow(
    /state\.json cannot be restored: it is broken.*name another folder/,
  );
});
