export { fakeTask, type FakeTask, type FakeTaskOptions } from './fake-task.ts';
