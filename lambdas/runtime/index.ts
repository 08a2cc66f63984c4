export { defineWork, type WorkHandler } from './define-work.ts';
export type { More } from './more.ts';
export type { Json, Task, Work } from './task.ts';
