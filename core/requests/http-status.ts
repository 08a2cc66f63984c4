import {
  AlreadyEnded,
  DecisionRefused,
  NotPermitted,
  StackDraining,
  TaskIdTaken,
  UnknownTask,
} from '../shared/errors.ts';
import { MalformedRequest } from 'taskbound-evidence/errors';

/**
 * The errors that a function URL returns, with their status codes. The functions and the command line both
 * use this table.
 */
export const URL_ERRORS = [
  { type: MalformedRequest, status: 400 },
  { type: NotPermitted, status: 403 },
  { type: UnknownTask, status: 404 },
  { type: TaskIdTaken, status: 409 },
  { type: DecisionRefused, status: 409 },
  { type: AlreadyEnded, status: 409 },
  // Not 503, which suggests an immediate retry and that a task may exist. A drain lasts until a person ends
  // it.
  { type: StackDraining, status: 409 },
] as const;
