import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { TaskboundError } from 'taskbound-evidence/errors';
import { REASON_CHARACTERS } from '../../core/requests/reason.ts';
import type { ClientConfig } from '../connection/client-config.ts';
import {
  connect,
  warnIfFreshStack,
  type Connection,
  type ConnectionOptions,
} from '../connection/connection.ts';
import { awaitDrained } from './await-drained.ts';
import { ExecutionStopper } from './execution-stopper.ts';
import { readRemaining, NOTHING_REMAINING } from './remaining.ts';
import { MarkerStore } from './marker-store.ts';
import { operatorConfig } from './operator-config.ts';
import { drainReport, type DrainReport } from './drain-report.ts';
import { ServiceFailure } from '../errors.ts';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import type { Io } from '../io.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { StackRecords } from '../connection/stack-records.ts';
import { DrainProgress, renderDraining, renderDrain, renderResumed } from './render-drain.ts';

/** The longest lease is an hour; a quarter more for Teardown, proof and sweep, the reconciler's pauses included. */
const DEFAULT_TIMEOUT_SECONDS = 4500;
const DEFAULT_REASON = 'taskbound drain';

export interface DrainOptions extends ConnectionOptions {
  /** Stop the executions that still work. */
  readonly end?: boolean;
  /** Take tasks again. */
  readonly resume?: boolean;
  readonly reason?: string;
  /** How long to wait, seconds. */
  readonly timeout?: number;
  readonly json?: boolean;
}

/** Refuses new tasks, waits until no boundary is open and every deny is lifted, and says when the stack may be deleted. */
export async function drain(options: DrainOptions, io: Io): Promise<number> {
  assertOptions(options);
  const connection = await connect(options, io);
  try {
    const code = await drainStack(connection, options, io);
    warnIfFreshStack(connection, io);
    return code;
  } finally {
    await connection.close();
  }
}

function assertOptions({ end, resume, reason, timeout }: DrainOptions): void {
  const others = { '--end': end, '--reason': reason, '--timeout': timeout };
  const [other] = Object.entries(others).filter(([, value]) => value !== undefined);
  if (resume === true && other !== undefined) {
    throw new UsageError(
      `--resume and ${other[0]} were both given; --resume takes tasks again and waits for nothing. Leave one out.`,
    );
  }
  const length = reason?.length ?? 1;
  if (length < 1 || length > REASON_CHARACTERS || reason?.isWellFormed() === false) {
    throw new UsageError(
      `--reason has ${length} characters; allowed: 1 to ${REASON_CHARACTERS} whole characters. Say it in other words.`,
    );
  }
}

/** The same on a connection that is open. Returns the exit code. */
export async function drainStack(connection: Connection, options: DrainOptions, io: Io): Promise<number> {
  const session = openSession(connection, io);
  return options.resume === true ? resume(session, options, io) : refuseAndWait(session, options, io);
}

interface Session {
  readonly connection: Connection;
  readonly config: ClientConfig;
  readonly records: StackRecords;
  readonly marker: MarkerStore;
}

function openSession(connection: Connection, io: Io): Session {
  const config = operatorConfig(connection, io);
  return {
    connection,
    config,
    records: new StackRecords(config, connection.outputs),
    marker: new MarkerStore(config, connection.outputs),
  };
}

async function resume(
  { connection: { stackName }, records, marker }: Session,
  { json }: DrainOptions,
  io: Io,
): Promise<number> {
  const stood = await explainFailure(stackName, marker.remove(), 'Whether it takes new tasks is not known');
  if (json === true) {
    const looking = readRemaining(records, NOTHING_REMAINING);
    const look = await explainFailure(stackName, looking, 'It takes new tasks again all the same');
    printJson(io, drainReport(stackName, { safe: false, look, drain: undefined, ended: [] }));
  } else io.out(renderResumed(stackName, stood));
  return EXIT.done;
}

async function refuseAndWait(session: Session, options: DrainOptions, io: Io): Promise<number> {
  const { connection, config, marker } = session;
  const { stackName, clock } = connection;
  const { reason = DEFAULT_REASON } = options;
  const by = await callerName(config, io);
  const raising = marker.put({ sinceMs: clock.nowMs(), by, reason });
  const raised = await explainFailure(stackName, raising, 'Whether it takes new tasks is not known');
  io.err(`${renderDraining(stackName, raised)}\n`);
  const waiting = waitUntilDrained(session, options, raised, io);
  const report = await explainFailure(
    stackName,
    waiting,
    'New tasks are refused all the same; take them again with taskbound drain --resume',
  );
  if (options.json === true) printJson(io, report);
  else io.out(renderDrain(report));
  return report.safe ? EXIT.done : EXIT.failed;
}

async function waitUntilDrained(
  { connection, config, records, marker }: Session,
  { end, reason = DEFAULT_REASON, timeout = DEFAULT_TIMEOUT_SECONDS }: DrainOptions,
  raised: Parameters<typeof awaitDrained>[0],
  io: Io,
): Promise<DrainReport> {
  const { clock, stackName } = connection;
  const startMs = clock.nowMs();
  const progress = new DrainProgress();
  const ender = new ExecutionStopper(config, reason, io.err);
  const drained = await awaitDrained(raised, startMs + timeout * 1000, {
    clock,
    read: (before) => readRemaining(records, before),
    end: async ({ open }) => (end === true ? ender.stopAll(open) : undefined),
    readMarker: () => marker.read(),
    report: (look) => {
      const line = progress.line(look, clock.nowMs() - startMs);
      if (line !== undefined) io.err(line);
    },
  });
  if (drained.drain === undefined) io.err('Somebody took the marker away: new tasks are taken again.\n');
  return drainReport(stackName, { ...drained, ended: ender.ended });
}

/** The caller's ARN. It is there for people: where STS does not answer, the person's name on this machine does as well. */
async function callerName(config: ClientConfig, io: Io): Promise<string> {
  const sts = new STSClient({ ...config });
  const asked = await sts.send(new GetCallerIdentityCommand({})).catch(() => undefined);
  return asked?.Arn ?? io.userName;
}

/** What AWS refuses, with the state that it leaves: an error of ours speaks for itself. */
async function explainFailure<Result>(stack: string, doing: Promise<Result>, left: string): Promise<Result> {
  try {
    return await doing;
  } catch (error) {
    if (error instanceof TaskboundError) throw error;
    const name = error instanceof Error ? `${error.name}: ` : '';
    throw new ServiceFailure(
      `Stack ${stack} could not be drained: ${name}${messageOf(error)}. ${left}. Use credentials of grantDrain (the role Operators) and run it again.`,
    );
  }
}
