import { defineConfig } from 'vitest/config';

/** Tests of rules alone: they synthesize nothing and start nothing. */
const PURE = ['core', 'evidence', 'iam', 'time'].map((room) => `test/${room}/**/*.test.ts`);
/** Tests in those folders that run a task for the evidence they look at, or the command line on files. */
const NOT_PURE = ['test/evidence/audit/{gaps,planted}.test.ts', 'test/evidence/command/**/*.test.ts'];
const SLOW = ['test/**/*.slow.test.ts'];
const SYNTHESIZE = ['test/fixtures/synthesize.ts'];

export default defineConfig({
  test: {
    maxWorkers: 2,
    // Files share a process, and with it what they import: starting a process for each takes longer than most tests.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        // One worker: a second one would load everything again, and take longer.
        test: {
          name: 'pure',
          pool: 'threads',
          // Node itself loads the sources and removes their types, which is quicker than Vite's loader. Tests that run tasks are slower with it.
          experimental: { viteModuleRunner: false },
          maxWorkers: 1,
          // Projects with different numbers of workers cannot run in the same group.
          sequence: { groupOrder: 1 },
          include: PURE,
          exclude: [...NOT_PURE, ...SLOW],
        },
      },
      {
        extends: true,
        test: {
          name: 'unit',
          setupFiles: ['test/fixtures/close-worlds.ts'],
          sequence: { groupOrder: 2 },
          globalSetup: SYNTHESIZE,
          include: [
            'test/{cli,client,docs,fixtures,lambdas,lib,local,properties,sample,scenarios,scripts,simulation,testing}/**/*.test.ts',
            ...NOT_PURE,
          ],
          exclude: SLOW,
        },
      },
      // In a process of their own: thousands of tasks in one process slow each other down.
      {
        extends: true,
        test: {
          name: 'slow',
          sequence: { groupOrder: 3 },
          isolate: true,
          // A file of hundreds of worlds needs more than Node's default heap of about 4 GB.
          execArgv: ['--max-old-space-size=8192'],
          globalSetup: SYNTHESIZE,
          include: SLOW,
          testTimeout: 600_000,
        },
      },
    ],
  },
});
