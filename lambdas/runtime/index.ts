export { defineWork, type WorkHandler } from './define-work.ts';
export type { Json } from './json.ts';
export type { More } from './continuation.ts';
export type { Task, Work } from './task.ts';
export type { ParametersOf, ParameterSpecs } from '../../core/task-types/parameters-of.ts';
