import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, test } from 'vitest';
import { PLANTED_BUGS, type Change, type PlantedBug } from '../../simulation/planted-bugs.ts';
import type { Simulation } from '../../simulation/simulate.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const PARTS = [
  'bin',
  'core',
  'lambdas',
  'lib',
  'packages',
  'sample',
  'scripts',
  'simulation',
  'package.json',
  'tsconfig.json',
];

/** A copy of the project that is changed; each change must fit exactly once, or the bug would not be there. */
function plant({ also = [], ...first }: PlantedBug): string {
  const folder = mkdtempSync(join(tmpdir(), 'taskbound-planted-'));
  for (const part of PARTS) cpSync(join(PROJECT, part), join(folder, part), { recursive: true });
  linkModules(folder);
  for (const change of [first, ...also]) makeChange(folder, change);
  return folder;
}

/** Installed packages as they are, and those of this project from the copy: a bug may be planted in one of them. */
function linkModules(folder: string): void {
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(PROJECT, 'node_modules'))) {
    const own = /^taskbound-(.+)$/.exec(name)?.[1];
    const target = own === undefined ? join(PROJECT, 'node_modules', name) : join(folder, 'packages', own);
    symlinkSync(target, join(folder, 'node_modules', name));
  }
}

function makeChange(folder: string, { file, find, replace }: Change): void {
  const text = readFileSync(join(folder, file), 'utf8');
  expect(text.split(find)).toHaveLength(2);
  writeFileSync(
    join(folder, file),
    text.replace(find, () => replace),
  );
}

function simulated(
  folder: string,
  { only, schedules = 0, ...bug }: PlantedBug,
): Promise<{ code: number | null; result: Simulation }> {
  const args = ['simulation/main.ts', '--json', '--first', '--only', only, '--schedules', String(schedules)];
  // Handlers run from the changed sources; the template is another one only where constructs were changed.
  if (![bug, ...(bug.also ?? [])].some(({ file }) => file.startsWith('lib/')))
    args.push('--assembly', inject('assemblies').sample);
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      try {
        resolve({ code, result: JSON.parse(out) as Simulation });
      } catch {
        reject(new Error(`The simulation printed no JSON (exit ${String(code)}): ${err.slice(-2000)}`));
      }
    });
  });
}

/** All by hand; a verification has time for the first of each so many. */
const every = Number(process.env['PLANTED_EVERY'] ?? '1');
const PLANTED = PLANTED_BUGS.filter((_bug, index) => index % every === 0);

describe('the simulation finds a planted bug', () => {
  test.each(PLANTED.map((bug) => [bug.name, bug] as const))('%s', async (_name, bug) => {
    const folder = plant(bug);
    try {
      const { code, result } = await simulated(folder, bug);
      expect(code).toBe(1);
      expect(result.violations.map(({ invariant }) => invariant)).toContain(bug.invariant);
      // What is shown is as small as it gets, and says how to see it again.
      for (const { schedule, trace } of result.violations) {
        expect(schedule.faults.length).toBeLessThanOrEqual(3);
        expect(trace.length).toBeGreaterThan(0);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
