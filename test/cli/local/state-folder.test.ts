import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openStateFolder, type StateFolder } from '../../../cli/local/state-folder.ts';
import { recordingIo, temporaryFolder } from '../support.ts';

const ENDPOINT = 'http://127.0.0.1:4566';

async function opened(path: string): Promise<StateFolder & { readonly stderr: string }> {
  const { io, written } = recordingIo(path);
  const folder = await openStateFolder(path, ENDPOINT, io);
  onTestFinished(() => folder.close());
  return { ...folder, stderr: written.stderr };
}

const rightsOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

it('creates a folder that only its owner may read, with such files', async () => {
  const path = join(await temporaryFolder(), 'made', 'state');
  const { journal } = await opened(path);
  await journal.begin();
  journal.note(['secret', 'a'], () => 1);
  await journal.written();
  expect(await rightsOf(path)).toBe('700');
  expect(await rightsOf(join(path, 'owner.json'))).toBe('600');
  for (const name of await readdir(join(path, 'journal')))
    expect([name, await rightsOf(join(path, 'journal', name))]).toEqual([name, '600']);
});

it('refuses a second process, with the first one and what to do', async () => {
  const path = join(await temporaryFolder(), 'state');
  const first = await opened(path);
  await expect(opened(path)).rejects.toThrow(
    new RegExp(
      `is in use by process ${process.pid}, which serves ${ENDPOINT} since .*kill ${process.pid}.*another folder`,
    ),
  );
  await first.close();
  expect(await readdir(path)).toEqual(['journal']);
  await opened(path);
});

it('takes over a folder whose owner was killed', async () => {
  const path = join(await temporaryFolder(), 'state');
  await mkdir(path, { mode: 0o700 });
  await writeFile(join(path, 'owner.json'), JSON.stringify({ pid: process.pid, endpoint: 'x', since: 'y' }));
  await opened(path);
});

it('makes a folder of its own private, and reports it', async () => {
  const path = join(await temporaryFolder(), 'state');
  await mkdir(path);
  await writeFile(join(path, 'state.json'), '{}');
  await chmod(path, 0o755);
  const { stderr } = await opened(path);
  expect(stderr).toContain('was readable by others (0755); it is now private (0700)');
  expect(await rightsOf(path)).toBe('700');
  expect(await rightsOf(join(path, 'state.json'))).toBe('600');
});

it('does not change the rights of a folder with other files', async () => {
  const path = join(await temporaryFolder(), 'home');
  await mkdir(path);
  await writeFile(join(path, 'mine.txt'), '');
  await chmod(path, 0o750);
  await expect(opened(path)).rejects.toThrow(/has the rights 0750 and other files \(mine\.txt\).*chmod 700/);
  expect(await rightsOf(path)).toBe('750');
  expect(await readdir(path)).toEqual(['mine.txt']);
});
