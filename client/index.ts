/**
 * For programs: submit tasks, decide about them, end them, and read their outcome. Each call reads the manifest of the stack and signs with the
 * caller's own AWS credentials. Errors have the names that the command line shows.
 */
export {
  approve,
  end,
  refuse,
  status,
  submit,
  waitUntilClosed,
  type ClientOptions,
  type DecideOptions,
  type WaitOptions,
} from './client.ts';
export type { TaskStatus } from './task-status.ts';
export type { Decided } from './calls/call-decide.ts';
export type { Ended } from './calls/call-end.ts';
export type { Submitted } from './calls/submit-request.ts';
export type { ClientConfig } from './caller/client-config.ts';
export type { TaskRequest } from '../core/requests/request.ts';
export type { RequestOf } from '../core/requests/request-of.ts';
export type { ParametersOf, ParameterSpecs } from '../core/task-types/parameters-of.ts';
export {
  AlreadyEnded,
  DecisionRefused,
  NotPermitted,
  StackDraining,
  TaskIdTaken,
  UnknownTask,
} from '../core/shared/errors.ts';
export { UsageError } from 'taskbound-evidence/command/errors';
export { MalformedRequest, TaskboundError } from 'taskbound-evidence/errors';
export { CredentialError, ServiceFailure, SubmissionUnknown } from './errors.ts';
