import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { fileIn, temporaryFolder } from '../support.ts';

const BIN = fileURLToPath(new URL('../../../bin/taskbound.ts', import.meta.url));

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s while an app is synthesized leaves nothing behind', async (signal, expected) => {
  const [folder, temporary] = [await temporaryFolder(), await temporaryFolder()];
  await fileIn(folder, 'cdk.json', { app: 'node app.js' });
  await fileIn(folder, 'app.js', 'console.error("started"); setTimeout(() => {}, 2000)');
  await fileIn(folder, 'request.json', { type: 'my-type', reason: 'r', parameters: {} });
  const child = spawn(process.execPath, [BIN, 'plan', 'request.json'], {
    cwd: folder,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const leftovers = async () => (await readdir(temporary)).filter((name) => name.startsWith('taskbound-'));
  await expect.poll(leftovers, { timeout: 20_000 }).toHaveLength(1);
  // The lock of the toolkit library shows that the app runs.
  const [assembly = ''] = await leftovers();
  await expect.poll(() => readdir(`${temporary}/${assembly}`), { timeout: 20_000 }).toContain('synth.lock');
  const code = new Promise((resolve) => void child.on('close', resolve));
  child.kill(signal);
  expect(await code).toBe(expected);
  expect(await leftovers()).toEqual([]);
});
