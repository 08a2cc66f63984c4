import { Secret } from '../core/secrets/secret.ts';
import type { GivenParameters, ParametersOf, ParameterSpecs } from '../core/task-types/parameters-of.ts';
import type { Parameters } from '../core/task-types/parameters.ts';
import { More } from '../lambdas/runtime/continuation.ts';
import { SecretNotDeclared } from '../lambdas/runtime/errors.ts';
import type { Json, Task } from '../lambdas/runtime/index.ts';
import { taskLog } from '../lambdas/runtime/log.ts';
import { Redaction } from '../lambdas/runtime/redaction/redaction.ts';

interface CommonOptions {
  /** The values of the task's JIT secrets, by name. @default - none */
  readonly secrets?: Readonly<Record<string, string>>;
  /** What an earlier run passed on. @default null: the first run */
  readonly checkpoint?: Json;
  /** @default 'fake' */
  readonly taskType?: string;
  /** @default 'task-1' */
  readonly taskId?: string;
  /** The time that the task sees, in milliseconds since 1970. It does not advance. @default 2026-01-01T00:00:00Z */
  readonly nowMs?: number;
  /** The time until the deadline, in milliseconds. @default 60000 */
  readonly timeLeftMs?: number;
  /** @default - never aborts */
  readonly signal?: AbortSignal;
  /** Makes the task's clients. @default - clients of the given class that reach no service, see `fakeTask` */
  readonly client?: Task['client'];
}

export type FakeTaskOptions<Values extends Parameters = Parameters> = CommonOptions & {
  /** @default - none */
  readonly parameters?: Values;
};

/** A task for unit tests, with what the work logged. */
export interface FakeTask<Values extends Parameters = Parameters> extends Omit<Task, 'parameters'> {
  readonly parameters: Values;
  /** The JSON lines that the work logged. Secret values are redacted in them, as on Lambda. */
  readonly logged: readonly string[];
}

const DEFAULT_NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const DEFAULT_TIME_LEFT_MS = 60_000;

/**
 * A task to call a work function with in a unit test, without AWS and without a session.
 *
 * Clients have credentials that no service accepts, and an endpoint on which nothing listens: a command that the test does not answer fails
 * at once and never leaves the machine. Answer commands with `aws-sdk-client-mock`, or pass `client`. IAM is not enforced here; a local run
 * on the embedded AWS enforces it.
 *
 * The task has the parameters that are given, so a work function with other parameters does not accept it. `fakeTask<typeof parameters>(…)`
 * checks them here.
 */
export function fakeTask<const Values extends Parameters = Parameters>(
  options?: FakeTaskOptions<Values>,
): FakeTask<Values>;
export function fakeTask<Declared extends ParameterSpecs>(
  options: CommonOptions & GivenParameters<Declared>,
): FakeTask<ParametersOf<Declared>>;
export function fakeTask<Values extends Parameters>(options: FakeTaskOptions<Values> = {}): FakeTask<Values> {
  const { taskType = 'fake', taskId = 'task-1', nowMs = DEFAULT_NOW_MS } = options;
  const { timeLeftMs = DEFAULT_TIME_LEFT_MS, checkpoint = null } = options;
  const boundaryId = `${taskType}.${taskId}`;
  const redaction = new Redaction();
  const logged: string[] = [];
  const write = (line: string): void => void logged.push(line);
  return {
    taskId,
    boundaryId,
    taskType,
    parameters: options.parameters ?? ({} as Values),
    checkpoint,
    deadlineMs: nowMs + timeLeftMs,
    signal: options.signal ?? new AbortController().signal,
    logged,
    log: taskLog({
      boundaryId,
      console: { info: write, warn: write, error: write },
      redactJson: (value) => redaction.json(value),
    }),
    client: options.client ?? unreachableClient,
    secret: async (name) => {
      const value = secretOf(options.secrets ?? {}, name);
      redaction.remember(value);
      return new Secret(value);
    },
    nowMs: () => nowMs,
    timeLeftMs: () => timeLeftMs,
    more: (next) => new More(next),
  };
}

function secretOf(secrets: Readonly<Record<string, string>>, name: string): string {
  const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  if (value !== undefined) return value;
  throw new SecretNotDeclared(
    `Secret ${JSON.stringify(name)} is not in this test; it has ${Object.keys(secrets).join(', ') || 'none'}. Pass it to fakeTask as secrets.`,
  );
}

/** The port for which TCP reserves the service "discard". Nothing listens on it. */
const NOWHERE = 'http://127.0.0.1:9';

const unreachableClient: Task['client'] = (Class, config) =>
  new Class(
    Object.assign({ endpoint: NOWHERE, maxAttempts: 1 }, config, {
      region: 'us-east-1',
      credentials: { accessKeyId: 'fake', secretAccessKey: 'fake', sessionToken: 'fake' },
    }),
  );
