import {
  AlreadyEnded,
  DecisionRefused,
  NotPermitted,
  StackDraining,
  TaskIdTaken,
  UnknownTask,
} from '../shared/errors.ts';
import { MalformedRequest } from 'taskbound-evidence/errors';

/** What a function URL answers in its own words, and under which status: the functions answer by it, the command line reads by it. */
export const URL_ERRORS = [
  { type: MalformedRequest, status: 400 },
  { type: NotPermitted, status: 403 },
  { type: UnknownTask, status: 404 },
  { type: TaskIdTaken, status: 409 },
  { type: DecisionRefused, status: 409 },
  { type: AlreadyEnded, status: 409 },
  // Not 503: that invites clients to try again at once, and to think that a task may exist. A drain lasts until a person ends it.
  { type: StackDraining, status: 409 },
] as const;
