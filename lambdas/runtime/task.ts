import type { ParametersOf, ParameterSpecs } from '../../core/task-types/parameters-of.ts';
import type { Secret } from '../../core/secrets/secret.ts';
import type { AwsClient, ClientClass } from './clients.ts';
import type { Json } from './json.ts';
import type { TaskLog } from './log.ts';
import type { More } from './continuation.ts';

/**
 * The argument of a work function: the task, and access to what the task was granted. `Task<typeof parameters>` has the parameters that the
 * task type declares.
 */
export interface Task<Declared extends ParameterSpecs = ParameterSpecs> {
  readonly taskId: string;
  readonly boundaryId: string;
  readonly taskType: string;
  readonly parameters: ParametersOf<Declared>;
  /** The time from which every call of the session is refused: milliseconds since 1970. */
  readonly deadlineMs: number;
  /** The checkpoint of the previous run. Null in the first run. */
  readonly checkpoint: Json;
  /**
   * Aborts shortly before the function's timeout or the deadline, whichever is first. Stop and clean up then.
   */
  readonly signal: AbortSignal;
  readonly log: TaskLog;
  /** Makes an AWS SDK v3 client with the task's session. It works until the invocation ends. */
  client<Config extends object, Client extends AwsClient>(
    Class: ClientClass<Config, Client>,
    config?: Config,
  ): Client;
  /**
   * Fetches a JIT secret with the task's session, once in an invocation. Its value is redacted from all
   * output.
   */
  secret(name: string): Promise<Secret<string>>;
  nowMs(): number;
  /**
   * Milliseconds until the function's timeout or the deadline, whichever is first. Return `task.more` before
   * `signal` aborts.
   */
  timeLeftMs(): number;
  /**
   * Return this if there is more to do: another run continues from the checkpoint with a new lease, until the
   * task's own deadline. The checkpoint is JSON of at most 32 KiB. Secret values are redacted in it, and each
   * run fetches its own.
   */
  more(checkpoint: Json): More;
}

/**
 * A work function. It returns its result, at most 32 KiB of JSON, which is stored in the ledger, the evidence
 * and the execution's output; or `task.more(…)`.
 */
export type Work<Declared extends ParameterSpecs = ParameterSpecs> = (
  task: Task<Declared>,
) => Promise<Json | void | More>;
