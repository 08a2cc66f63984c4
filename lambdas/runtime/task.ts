import type { Parameters } from '../../core/task-types/parameters.ts';
import type { Secret } from '../../core/secrets/secret.ts';
import type { AwsClient, ClientClass } from './clients.ts';
import type { Json } from './json.ts';
import type { TaskLog } from './log.ts';
import type { More } from './continuation.ts';

/** What a work function gets: the task, and doors that open only to what the task was granted. */
export interface Task {
  readonly taskId: string;
  readonly boundaryId: string;
  readonly taskType: string;
  readonly parameters: Parameters;
  /** When the session is refused everything: milliseconds since 1970. */
  readonly deadlineMs: number;
  /** What the run before this one left; null on the first. */
  readonly checkpoint: Json;
  /** Aborts shortly before the function's timeout or the deadline, whichever is first: time to stop and tidy up. */
  readonly signal: AbortSignal;
  readonly log: TaskLog;
  /** Makes a client of AWS SDK v3 that has the task's session and nothing else. It works until the invocation ends. */
  client<Config extends object, Client extends AwsClient>(
    Class: ClientClass<Config, Client>,
    config?: Config,
  ): Client;
  /** Fetches a JIT secret with the task's session, once an invocation. Its value is redacted from everything that leaves. */
  secret(name: string): Promise<Secret<string>>;
  nowMs(): number;
  /** Milliseconds until the function's timeout or the deadline, whichever is first. Hand on before `signal` aborts. */
  timeLeftMs(): number;
  /**
   * What to return when there is more to do: another run goes on from the checkpoint, with a fresh lease, until the task's own deadline. It
   * is JSON of at most 32 KiB; values that the runtime handed out are redacted in it, and each run fetches its own.
   */
  more(checkpoint: Json): More;
}

/**
 * What a work function is: its result, at most 32 KiB of JSON, goes into ledger, evidence and the execution's output; or `task.more(…)`.
 */
export type Work = (task: Task) => Promise<Json | void | More>;
