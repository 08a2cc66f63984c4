import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { READ_LAG_MS } from '../../core/shared/read-lag.ts';
import type { ParametersOf, ParameterSpecs } from '../../core/task-types/parameters-of.ts';
import type { WorkReturn } from '../../core/work/work.ts';
import { TaskClients } from './clients.ts';
import { deadlineSignal, type DeadlineSignal } from './deadline.ts';
import { guardOutput } from './redaction/guard-output.ts';
import { guardStrays } from './redaction/redact-uncaught.ts';
import { taskLog } from './log.ts';
import { lambdaPorts, type WorkPorts } from './ports.ts';
import { redactedError } from './redaction/redact-error.ts';
import { Redaction } from './redaction/redaction.ts';
import { More } from './continuation.ts';
import { checkedCheckpoint, checkedResult } from './result.ts';
import { readSession } from './session.ts';
import { taskSecrets } from './task-secrets.ts';
import type { Task, Work } from './task.ts';
import { ToolLog } from './uses/tool-log.ts';
import { parseWorkEvent, type Lease } from './work-event.ts';

/** The part of Lambda's context that a work function uses: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
interface InvocationContext {
  readonly invokedFunctionArn: string;
  getRemainingTimeInMillis(): number;
}

export type WorkHandler = (event: unknown, context: InvocationContext) => Promise<WorkReturn>;

/**
 * Makes the Lambda handler of a work function. `defineWork<typeof parameters>(…)` types `task.parameters` by what the task type declares.
 *
 * Trigger: the state `RunWork`, once for each lease.
 *
 * Effects, in order:
 *  1. the session's credentials are read with the function's own role, for ten seconds if AWS does not know
 *     them yet; they are given to clients only, never to `process.env`;
 *  2. the work runs, and its clients record each use;
 *  3. its clients are closed, and its result, or the checkpoint of `task.more`, is returned with the record
 *     of its tools.
 *
 * Secret values that the work received are redacted from the result, the checkpoint, errors (which keep their
 * names, because states route by them) and all output. Against malicious work this is only a second line of
 * defense: the session policy decides what the work can do.
 *
 * Late: after the lease has ended or teardown has started, there is no session to read, and the work is not
 * called. Repeated: the work runs again; `RunWork` never does this with the same lease.
 */
export function defineWork<Declared extends ParameterSpecs = ParameterSpecs>(
  work: Work<Declared>,
  ports: WorkPorts = lambdaPorts(),
): WorkHandler {
  const redaction = new Redaction();
  let printed: { flush(): void } | undefined;
  return async (input, context) => {
    printed ??= guardEnvironment(ports, redaction);
    redaction.begin();
    redaction.remember(...ownCredentials(ports.environment));
    try {
      return await run(work, {
        ports,
        redaction,
        lease: parseWorkEvent(input, ports.clock.nowMs()),
        context,
      });
    } catch (error) {
      throw redactedError(error, redaction.text);
    } finally {
      printed.flush();
    }
  };
}

/** The session has the function's account: the task role and the work function belong to one stack. */
const accountIn = (functionArn: string): string => functionArn.split(':')[4] ?? '';

/**
 * Called at the first invocation, not earlier, because Lambda's runtime has installed its own console and
 * listeners by then.
 */
function guardEnvironment(ports: WorkPorts, redaction: Redaction): { flush(): void } {
  guardStrays(ports.events, redaction.text);
  return guardOutput(ports.output, redaction.text);
}

/** The function's own role can read session secrets, so its credentials are secret as well. */
const ownCredentials = (environment: WorkPorts['environment']): string[] =>
  [environment['AWS_SECRET_ACCESS_KEY'], environment['AWS_SESSION_TOKEN']].filter(
    (value) => value !== undefined,
  );

interface Invocation {
  readonly ports: WorkPorts;
  readonly redaction: Redaction;
  readonly lease: Lease;
  readonly context: InvocationContext;
}

async function run<Declared extends ParameterSpecs>(
  work: Work<Declared>,
  invocation: Invocation,
): Promise<WorkReturn> {
  const { ports, redaction, lease, context } = invocation;
  const { accessKeyId, secretAccessKey, sessionToken } = await readSession(ports.ownSecrets, lease.event, {
    clock: ports.clock,
    forMs: Math.min(READ_LAG_MS, context.getRemainingTimeInMillis() / 2),
  });
  redaction.remember(secretAccessKey, sessionToken);
  const tools = new ToolLog(redaction.text);
  const session = {
    ...ports.aws,
    region: ports.environment['AWS_REGION'] ?? '',
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  };
  const clients = new TaskClients(session, accountIn(context.invokedFunctionArn), tools);
  const timing = deadlineSignal(
    ports.clock,
    lease.deadlineMs - ports.clock.nowMs(),
    context.getRemainingTimeInMillis(),
  );
  try {
    const returned = await work(taskOf(invocation, clients, timing));
    const redact = (value: unknown) => redaction.json(value);
    return returned instanceof More
      ? { done: false, checkpoint: checkedCheckpoint(returned.checkpoint, redact), tools: tools.summary() }
      : { done: true, result: checkedResult(returned, redact), tools: tools.summary() };
  } catch (error) {
    throw timing.signal.aborted && isAbort(error) ? timing.signal.reason : error;
  } finally {
    timing.cancel();
    clients.end();
  }
}

/** The SDK throws this for a call that `task.signal` aborted. The signal's reason is more specific. */
const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

function taskOf<Declared extends ParameterSpecs>(
  { ports, redaction, lease, context }: Invocation,
  clients: TaskClients,
  timing: DeadlineSignal,
): Task<Declared> {
  const { taskId, boundaryId, taskType, parameters, checkpoint, secrets } = lease.event;
  let secretsClient: SecretsManagerClient | undefined;
  return {
    taskId,
    boundaryId,
    taskType,
    // `submit` compared them with the declaration, and the grant's digest covers them since then.
    parameters: parameters as ParametersOf<Declared>,
    checkpoint,
    deadlineMs: lease.deadlineMs,
    signal: timing.signal,
    log: taskLog({ boundaryId, console: ports.output.console, redactJson: (value) => redaction.json(value) }),
    client: (Class, config) => clients.make(Class, config),
    secret: taskSecrets({
      ids: secrets,
      client: () => (secretsClient ??= clients.make(SecretsManagerClient)),
      clock: ports.clock,
      remember: (value) => redaction.remember(value),
    }),
    nowMs: () => ports.clock.nowMs(),
    timeLeftMs: () => Math.min(lease.deadlineMs - ports.clock.nowMs(), context.getRemainingTimeInMillis()),
    more: (checkpoint) => new More(checkpoint),
  };
}
