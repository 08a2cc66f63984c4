export { defineWork, type WorkHandler } from './define-work.ts';
export type { Json, Task, Work } from './task.ts';
