import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Drain } from '../../core/operations/drain.ts';
import { TaskboundError } from 'taskbound-evidence/errors';
import { REASON_CHARACTERS } from '../../core/requests/reason.ts';
import { explainCaller, isCredentialError } from '../../client/caller/caller-error.ts';
import type { ClientConfig } from '../../client/caller/client-config.ts';
import { connect, type Connection, type ConnectionOptions } from '../connection/connection.ts';
import { awaitDrained } from './await-drained.ts';
import { ExecutionStopper } from './execution-stopper.ts';
import { readRemaining, NOTHING_REMAINING } from './remaining.ts';
import { MarkerStore } from './marker-store.ts';
import { personConfig } from '../connection/person-config.ts';
import { drainReport, type DrainReport } from './drain-report.ts';
import { ServiceFailure } from '../../client/errors.ts';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import type { Io } from '../io.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { StackRecords } from '../../client/stack/stack-records.ts';
import { DrainProgress, renderDraining, renderDrain, renderResumed } from './render-drain.ts';

/** The longest lease is an hour. A quarter more is for Teardown, proof and sweep, including the reconciler's pauses. */
const DEFAULT_TIMEOUT_SECONDS = 4500;
const DEFAULT_REASON = 'taskbound drain';

export interface DrainOptions extends ConnectionOptions {
  /** Stop the executions that still run. */
  readonly end?: boolean;
  /** Accept tasks again. */
  readonly resume?: boolean;
  readonly reason?: string;
  /** How long to wait, seconds. */
  readonly timeout?: number;
  readonly json?: boolean;
}

/** Refuses new tasks, waits until no boundary is open and every deny is lifted, and reports whether the stack may be deleted. */
export async function drain(options: DrainOptions, io: Io): Promise<number> {
  assertOptions(options);
  const connection = await connect(options, io);
  try {
    return await drainStack(connection, options, io);
  } finally {
    await connection.close();
  }
}

function assertOptions({ end, resume, reason, timeout }: DrainOptions): void {
  const others = { '--end': end, '--reason': reason, '--timeout': timeout };
  const [other] = Object.entries(others).filter(([, value]) => value !== undefined);
  if (resume === true && other !== undefined) {
    throw new UsageError(
      `--resume and ${other[0]} were both given; --resume accepts tasks again and waits for nothing. Leave one out.`,
    );
  }
  const length = reason?.length ?? 1;
  if (length < 1 || length > REASON_CHARACTERS || reason?.isWellFormed() === false) {
    throw new UsageError(
      `--reason has ${length} characters; allowed: 1 to ${REASON_CHARACTERS} whole characters. Choose another text.`,
    );
  }
}

/** Drains over an open connection. Returns the exit code. */
export async function drainStack(connection: Connection, options: DrainOptions, io: Io): Promise<number> {
  const session = await openSession(connection, io);
  return options.resume === true ? resume(session, options, io) : refuseAndWait(session, options, io);
}

interface Session {
  readonly connection: Connection;
  readonly config: ClientConfig;
  readonly records: StackRecords;
  readonly marker: MarkerStore;
}

async function openSession(connection: Connection, io: Io): Promise<Session> {
  const config = await personConfig(connection, io, { kind: 'drain' });
  return {
    connection,
    config,
    records: new StackRecords(config, connection.manifest),
    marker: new MarkerStore(config, connection.manifest),
  };
}

async function resume(
  { connection: { stackName }, records, marker }: Session,
  { json }: DrainOptions,
  io: Io,
): Promise<number> {
  const removing = marker.remove();
  const removed = await explainFailure(removing, { stack: stackName, env: io.env });
  if (json === true) {
    const reading = readRemaining(records, NOTHING_REMAINING);
    const state = 'It accepts new tasks again';
    const remaining = await explainFailure(reading, { stack: stackName, state, env: io.env });
    printJson(io, drainReport(stackName, { safe: false, remaining, drain: undefined, ended: [] }));
  } else io.out(renderResumed(stackName, removed));
  return EXIT.done;
}

async function refuseAndWait(session: Session, options: DrainOptions, io: Io): Promise<number> {
  const { connection, config, marker } = session;
  const { stackName, clock } = connection;
  const { reason = DEFAULT_REASON } = options;
  const by = await callerName(config, io);
  const putting = marker.put({ sinceMs: clock.nowMs(), by, reason });
  const current = await explainFailure(putting, { stack: stackName, env: io.env });
  io.err(`${renderDraining(stackName, current)}\n`);
  const waiting = waitUntilDrained(session, options, current, io);
  const state = `New tasks are still refused; accept them again with taskbound drain --resume --stack ${stackName}`;
  const report = await explainFailure(waiting, { stack: stackName, state, env: io.env });
  if (options.json === true) printJson(io, report);
  else io.out(renderDrain(report));
  return report.safe ? EXIT.done : EXIT.failed;
}

async function waitUntilDrained(
  { connection, config, records, marker }: Session,
  { end, reason = DEFAULT_REASON, timeout = DEFAULT_TIMEOUT_SECONDS }: DrainOptions,
  current: Drain,
  io: Io,
): Promise<DrainReport> {
  const { clock, stackName } = connection;
  const startMs = clock.nowMs();
  const progress = new DrainProgress();
  const stopper = new ExecutionStopper(config, reason, io.err);
  const drained = await awaitDrained(current, startMs + timeout * 1000, {
    clock,
    readRemaining: (before) => readRemaining(records, before),
    end: async ({ open }) => (end === true ? stopper.stopAll(open) : undefined),
    readMarker: () => marker.read(),
    report: (remaining) => {
      const line = progress.line(remaining, clock.nowMs() - startMs);
      if (line !== undefined) io.err(line);
    },
  });
  if (drained.drain === undefined) io.err('The marker was removed: new tasks are accepted again.\n');
  return drainReport(stackName, { ...drained, ended: stopper.ended });
}

/**
 * The caller's ARN, for people to read. When STS does not respond, the user's name on this machine is enough. Without valid credentials
 * the drain ends here, before it has changed anything.
 */
async function callerName(config: ClientConfig, io: Io): Promise<string> {
  const sts = new STSClient({ ...config });
  const asked = await sts.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
    if (isCredentialError(error) || error instanceof TaskboundError) throw error;
    return undefined;
  });
  return asked?.Arn ?? io.userName;
}

/**
 * Adds the resulting state and the next step to an error of AWS. Taskbound's own errors already contain both. `state` is omitted for the
 * first change: with credentials that AWS does not accept, that change was not made, and the error stays as it is.
 */
async function explainFailure<Result>(
  action: Promise<Result>,
  { stack, state, env }: { readonly stack: string; readonly state?: string; readonly env: Io['env'] },
): Promise<Result> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof TaskboundError || (state === undefined && isCredentialError(error))) throw error;
    throw new ServiceFailure(
      `Stack ${stack} could not be drained: ${describeCause(error, env)}. ${state ?? 'It is not known whether it accepts new tasks'}. Use credentials that have TaskBoundary.grantDrain and run it again.`,
    );
  }
}

function describeCause(error: unknown, env: Io['env']): string {
  if (isCredentialError(error)) return messageOf(explainCaller(error, env));
  return `${error instanceof Error ? `${error.name}: ` : ''}${messageOf(error)}`;
}
