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
  test('is the same for the same seed in every order of the work, and differs for another seed', async () => {
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

  test('replays one schedule and prints what happened', () => {
    const { status, stdout } = command('--json', '--replay', JSON.stringify(schedule));
    expect(status).toBe(0);
    const shown = JSON.parse(stdout) as { trace: string[]; violations: unknown[]; closed: number };
    expect(shown).toMatchObject({ violations: [], closed: 1 });
    expect(shown.trace.some((line) => line.endsWith('stopped in RunWork'))).toBe(true);
  });

  test.each([
    ['a text that is not a schedule', ['--replay', 'x'], /the schedule cannot be read/],
    [
      'an invalid fault',
      ['--replay', '{"name":"x","tasks":1,"apart":0,"latency":1,"faults":[{"kind":"no"}]}'],
      /kind/,
    ],
    ['a missing file', ['--replay', '@/nowhere'], /the schedule cannot be read/],
    ['an invalid number', ['--schedules', 'many'], /"many" was given; allowed/],
    ['an invalid pattern', ['--only', '('], /not a regular expression/],
    ['an unknown option', ['--no-such'], /unknown option/],
  ])('refuses %s with exit code 2, one message, and nothing on standard output', (_what, args, message) => {
    const { status, stdout, stderr } = command(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
    expect(stderr.match(/^(simulate|error): /gm)).toHaveLength(1);
  });
});

describe('a scheduled run of reconcile', () => {
  test('reads only what is due, with 10,000 closed tasks in the ledger and with 100,000', async () => {
    silenceLogs();
    const assembly = await readAssembly(inject('assemblies').sample);
    const reads = async (closed: number, due: number) => {
      const { calls, readUnits } = await readsOfOneRun(assembly, { closed, open: 200, due });
      return { calls, readUnits };
    };
    const idle = await reads(10_000, 0);
    // One query for due rows and one for open reviews of emergencies: two partitions of the same sparse index.
    expect(idle.calls).toEqual({ 'dynamodb:Query': 2 });
    const busy = await reads(10_000, 20);
    expect(await reads(100_000, 20)).toEqual(busy);
    expect(busy.calls['dynamodb:GetItem']).toBe(40);
    // A row is read for the decision and again for the write. The index answers in one page.
    expect(busy.readUnits).toBeLessThanOrEqual(41);
  });
});
