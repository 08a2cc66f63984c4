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

/** Copies the project and applies the changes of a bug. The text of each change must occur exactly once. */
function plant({ also = [], ...first }: PlantedBug): string {
  const folder = mkdtempSync(join(tmpdir(), 'taskbound-planted-'));
  for (const part of PARTS) cpSync(join(PROJECT, part), join(folder, part), { recursive: true });
  linkModules(folder);
  for (const change of [first, ...also]) makeChange(folder, change);
  return folder;
}

/** Links the installed packages, and those of this project from the copy, because a bug may be planted in them. */
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
  // Handlers run from the changed sources. The template differs only when constructs were changed.
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

/** A run by hand tries all bugs. A verification has time only for one in every N. */
const every = Number(process.env['PLANTED_EVERY'] ?? '1');
const PLANTED = PLANTED_BUGS.filter((_bug, index) => index % every === 0);

describe('the simulation finds a planted bug', () => {
  test.each(PLANTED.map((bug) => [bug.name, bug] as const))('%s', async (_name, bug) => {
    const folder = plant(bug);
    try {
      const { code, result } = await simulated(folder, bug);
      expect(code).toBe(1);
      expect(result.violations.map(({ invariant }) => invariant)).toContain(bug.invariant);
      // The reported schedule is minimal, and the report contains the command that replays it.
      for (const { schedule, trace } of result.violations) {
        expect(schedule.faults.length).toBeLessThanOrEqual(3);
        expect(trace.length).toBeGreaterThan(0);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
