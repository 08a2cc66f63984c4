import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, test } from 'vitest';
import { readAssembly } from 'taskbound-local/template/assembly';
import { readsOfOneRun } from '../../simulation/world/due-load.ts';
import { silenceLogs } from '../../simulation/world/silence-logs.ts';
import { simulate, type Simulation } from '../../simulation/simulate.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

function command(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['simulation/main.ts', ...args], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const SOME = {
  only: '^(kill .* before|again)',
  every: 4,
  schedules: 12,
  first: false,
  progress: () => undefined,
};

describe('the simulation', () => {
  test('is the same for the same seed, however the work falls, and another one for another', async () => {
    silenceLogs();
    const assembly = inject('assemblies').sample;
    const of = (seed: number): Promise<Simulation> => simulate({ ...SOME, assembly, seed });
    const [one, again, other] = [await of(7), await of(7), await of(8)];
    expect(again).toEqual(one);
    expect(other.traceDigest).not.toBe(one.traceDigest);
    expect([one.brokenRuns, one.violations]).toEqual([0, []]);
    expect(one.singleFaults).toBeGreaterThan(25);
    expect(one.closed).toBeGreaterThanOrEqual(one.singleFaults);
  });
});

describe('npm run simulate', () => {
  const schedule = {
    name: 'x',
    tasks: 1,
    apart: 0,
    latency: 1,
    faults: [{ kind: 'stop', state: 'RunWork' }],
  };

  test('replays one schedule, and says what happened', () => {
    const { status, stdout } = command('--json', '--replay', JSON.stringify(schedule));
    expect(status).toBe(0);
    const shown = JSON.parse(stdout) as { trace: string[]; violations: unknown[]; closed: number };
    expect(shown).toMatchObject({ violations: [], closed: 1 });
    expect(shown.trace.some((line) => line.endsWith('stopped in RunWork'))).toBe(true);
  });

  test.each([
    ['no schedule at all', ['--replay', 'x'], /the schedule cannot be read/],
    [
      'a fault that is none',
      ['--replay', '{"name":"x","tasks":1,"apart":0,"latency":1,"faults":[{"kind":"no"}]}'],
      /kind/,
    ],
    ['a file that is not there', ['--replay', '@/nowhere'], /the schedule cannot be read/],
    ['a number that is none', ['--schedules', 'many'], /"many" was given; allowed/],
    ['a pattern that is none', ['--only', '('], /not a regular expression/],
    ['an option that is none', ['--no-such'], /unknown option/],
  ])('refuses %s: exit 2, one message, nothing on standard output', (_what, args, message) => {
    const { status, stdout, stderr } = command(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
    expect(stderr.match(/^(simulate|error): /gm)).toHaveLength(1);
  });
});

describe('a run of the reconciler', () => {
  test('reads what is due and nothing else, whether the ledger has 10,000 closed tasks or 100,000', async () => {
    silenceLogs();
    const assembly = await readAssembly(inject('assemblies').sample);
    const reads = async (closed: number, due: number) => {
      const { calls, readUnits } = await readsOfOneRun(assembly, { closed, open: 200, due });
      return { calls, readUnits };
    };
    const idle = await reads(10_000, 0);
    // One for what is due, one that counts open reviews of emergencies: two partitions of the same sparse index.
    expect(idle.calls).toEqual({ 'dynamodb:Query': 2 });
    const busy = await reads(10_000, 20);
    expect(await reads(100_000, 20)).toEqual(busy);
    expect(busy.calls['dynamodb:GetItem']).toBe(40);
    // A row is read to decide and again to write; the index answers in one page.
    expect(busy.readUnits).toBeLessThanOrEqual(41);
  });
});
