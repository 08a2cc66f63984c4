import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../support.ts';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));

let app = '';
beforeAll(async () => {
  app = join(mkdtempSync(join(tmpdir(), 'taskbound-init-')), 'support');
  expect((await call(tmpdir(), ['init', app])).code).toBe(0);
  linkModules(join(PROJECT, 'node_modules'), join(app, 'node_modules'));
  symlinkSync(PROJECT, join(app, 'node_modules/taskbound'));
});
afterAll(() => rmSync(join(app, '..'), { recursive: true, force: true }));

/** Links each package, as an installation from this clone would. */
function linkModules(from: string, into: string): void {
  mkdirSync(into);
  for (const name of readdirSync(from))
    if (name.startsWith('@')) linkModules(join(from, name), join(into, name));
    else if (!name.startsWith('.')) symlinkSync(join(from, name), join(into, name));
}

/** Runs a program of a package of the app, as its scripts do. */
function program(path: string, ...argv: string[]) {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  return spawnSync(process.execPath, [join(app, 'node_modules', path), ...argv], {
    ...{ cwd: app, env, encoding: 'utf8', timeout: 300_000 },
  });
}

it('passes its own tests', () => {
  const { status, stdout, stderr } = program('vitest/vitest.mjs', 'run');
  expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/Tests .*5 passed/);
});

it('has no type errors by its own settings, and an undeclared parameter is one', () => {
  const wrong = join(app, 'answer-case/wrong.ts');
  writeFileSync(
    wrong,
    `import type { Task } from 'taskbound/runtime';
import type { parameters } from './parameters.ts';
export const caseOf = ({ parameters: { caseID } }: Task<typeof parameters>) => caseID;
`,
  );
  const { stdout } = program('typescript/bin/tsc');
  rmSync(wrong);
  // In a clone, the sources of Taskbound are checked as well; an installed package has only declarations.
  const errors = stdout.split('\n').filter((line) => line.includes('error TS') && !line.startsWith('../'));
  expect(errors).toEqual([expect.stringMatching(/^answer-case\/wrong\.ts\(3,.*caseID/)]);
});

it('is synthesized by the cdk command', () => {
  const { status, stderr } = program('aws-cdk/bin/cdk', 'synth', '--quiet', '--no-notices');
  expect(status, stderr).toBe(0);
  expect(readdirSync(join(app, 'cdk.out'))).toContain('Support.template.json');
});

/** The commands of README.md that start with `npx taskbound` and need no deployed stack, in order. */
const readmeCommands = (): string[] =>
  [...readFileSync(join(app, 'README.md'), 'utf8').matchAll(/^npx taskbound (.*)$/gm)]
    .map(([, command = '']) => command)
    .filter((command) => !command.includes('--stack'));

it('does what its README says: plan, run, verify, audit, report, and run again', () => {
  const commands = readmeCommands();
  expect(commands.map((command) => command.split(' ')[0])).toEqual([
    'plan',
    'run',
    'verify',
    'audit',
    'report',
    'run',
  ]);
  for (const command of commands) {
    const [line = '', file] = command.split(' > ');
    const { status, stdout, stderr } = program('taskbound/bin/taskbound.ts', ...line.split(' '));
    expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
    if (file !== undefined) writeFileSync(join(app, file), stdout);
    if (line.startsWith('audit')) expect(JSON.parse(stdout)).toMatchObject({ verdict: 'enforced' });
  }
  expect(readFileSync(join(app, 'out/dump/s3/answers/C-1001.txt'), 'utf8')).toContain('Dear Ann');
  expect(readdirSync(join(app, 'out'))).toEqual(
    expect.arrayContaining(['first-answer.evidence.json', 'first-answer.report.html']),
  );
});
