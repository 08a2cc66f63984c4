export { fakeTask, type FakeTask, type FakeTaskOptions } from './fake-task.ts';
export { localBoundary } from './local-boundary.ts';
export type {
  ActOptions,
  LocalBoundary,
  LocalBoundaryOptions,
  LocalRun,
  LocalSubject,
  LocalTask,
  RunOptions,
} from './local/types.ts';
