import { defineConfig } from 'vitest/config';

/** Tests of rules and documents alone: they synthesize nothing and start nothing. */
const PURE = ['core', 'docs', 'evidence', 'iam', 'time'].map((room) => `test/${room}/**/*.test.ts`);
/** Tests in those folders that run a task for the evidence they look at. */
const RUN_A_TASK = ['test/evidence/audit/{gaps,planted}.test.ts', 'test/evidence/command/audit/*.test.ts'];
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
        test: { name: 'pure', pool: 'threads', include: PURE, exclude: [...RUN_A_TASK, ...SLOW] },
      },
      {
        extends: true,
        test: {
          name: 'unit',
          globalSetup: SYNTHESIZE,
          include: [
            'test/{cli,fixtures,lambdas,lib,local,properties,sample,scenarios,scripts,simulation}/**/*.test.ts',
            ...RUN_A_TASK,
          ],
          exclude: SLOW,
        },
      },
      // In a process of their own: thousands of tasks in one process slow each other down.
      {
        extends: true,
        test: { name: 'slow', isolate: true, globalSetup: SYNTHESIZE, include: SLOW, testTimeout: 600_000 },
      },
    ],
  },
});
