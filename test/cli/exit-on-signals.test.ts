import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { SystemClock } from 'taskbound-local/clock/system-clock';
import { temporaryFolder } from './support.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const clock = new SystemClock();
const ours = async (folder: string): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith('taskbound-'));

it('leaves no temporary folder behind when a signal ends a command', async () => {
  const folder = await temporaryFolder();
  const child = spawn(process.execPath, ['bin/taskbound.ts', 'local'], {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: folder },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  while ((await ours(folder)).length === 0 && child.exitCode === null) await clock.sleep(20);
  child.kill('SIGTERM');
  expect((await exited)[0]).toBe(143);
  expect(await ours(folder)).toEqual([]);
});
