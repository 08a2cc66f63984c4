import { spawnSync } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, inject, it } from 'vitest';
import { temporaryFolder } from '../support.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');

/** The sample, in which no function may delete a secret: a boundary with a secret cannot be closed. */
async function assemblyThatCannotClose(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(inject('assemblies').sample, folder, { recursive: true });
  const file = join(folder, 'Taskbound.template.json');
  const template = await readFile(file, 'utf8');
  const changed = template.replaceAll('secretsmanager:DeleteSecret', 'secretsmanager:RotateSecret');
  expect(changed).not.toBe(template);
  await writeFile(file, changed);
  return folder;
}

/** In a process of its own, which must end by itself. */
const taskbound = (...argv: readonly string[]) =>
  spawnSync(process.execPath, ['bin/taskbound.ts', ...argv], {
    cwd: PROJECT,
    encoding: 'utf8',
    timeout: 400_000,
  });

it('a boundary that cannot be closed: exit 3, and what is still open', async () => {
  const request = 'sample/requests/object-transfer.json';
  const { status, stdout, stderr, signal } = taskbound(
    ...['run', request, '--local', '--assembly', await assemblyThatCannotClose()],
    ...['--seed', 'sample/seed', '--json'],
  );
  expect({ status, signal }, stderr).toEqual({ status: 3, signal: null });
  expect(JSON.parse(stdout)).toMatchObject({ phase: 'revoking', proof: null, outcome: null });
  expect(stderr).toMatch(/Not closed after the longest wait; the boundary is revoking\. Still open:\n/);
  expect(stderr).toMatch(/ {2}secret receiptKey: .*AccessDenied.*secretsmanager:DeleteSecret/);
  expect(stderr).toMatch(/ {2}session: its end is not proven; it expires at 20/);
});
