import { resolve } from 'node:path';
import type { TaskRequest } from '../../core/requests/request.ts';
import { connect, type Connection, type ConnectionOptions } from '../connection/connection.ts';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import type { Io } from '../io.ts';
import { parsePersona } from '../connection/persona.ts';
import { targetOf, type Target } from '../connection/target.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { renderRun } from './render-run.ts';
import { readRequestFile } from './read-request-file.ts';
import { exitCodeOfRun } from './run-report.ts';
import { runSchedule } from './run-schedule.ts';
import type { RunReport } from './run-report.ts';
import { runTask } from './run-task.ts';
import { makeTaskId } from './task-id.ts';
import { assertFolder } from 'taskbound-evidence/command/write-file';
import { writeTrail } from './write-trail.ts';

export interface RunOptions extends ConnectionOptions {
  readonly seed?: string;
  readonly dump?: string;
  readonly trail?: string;
  readonly out?: string;
  readonly stopAt?: string;
  readonly approveAs?: readonly string[];
  readonly schedule?: string;
  readonly json?: boolean;
}

/** Submits a request, or waits until a schedule submits one. Follows the task until its boundary is closed or is reported as unproven. */
export async function run(
  requestPath: string | undefined,
  relativeOptions: RunOptions,
  io: Io,
): Promise<number> {
  const options = withAbsolutePaths(relativeOptions, io.cwd);
  const { follow, taskType } = await chooseRun(requestPath, options, io);
  await assertLocalOptions(options, io);
  io.err(connectingText(options, io));
  const connection = await connect(options, io);
  try {
    if (options.stopAt !== undefined) connection.embedded?.stopAt(options.stopAt);
    await seed(connection, options, taskType, io);
    const report = await follow(connection);
    const isDumped = await dump(connection, options.dump, io);
    const { boundaryId } = report;
    const isTrailWritten = await writeTrail(connection, { boundaryId, folder: options.trail }, io);
    if (options.json === true) printJson(io, report);
    else io.out(renderRun(report));
    const isComplete =
      isDumped && isTrailWritten && (options.out === undefined || report.evidenceFile !== null);
    return isComplete ? exitCodeOfRun(report) : Math.max(exitCodeOfRun(report), EXIT.failed);
  } finally {
    await connection.close();
  }
}

interface Chosen {
  readonly follow: (connection: Connection) => Promise<RunReport>;
  /** The type of the request; unknown for a schedule. */
  readonly taskType?: string;
}

/** Accepts either a request or a schedule. Reads the request before anything is started, to find its errors early. */
async function chooseRun(
  requestPath: string | undefined,
  { schedule, out, approveAs: names = [] }: RunOptions,
  io: Io,
): Promise<Chosen> {
  if (requestPath !== undefined && schedule !== undefined) {
    throw new UsageError(
      `The request ${JSON.stringify(requestPath)} and --schedule ${schedule} were both given; a schedule submits its own request. Omit one of them.`,
    );
  }
  const runOptions = { out, io, approveAs: names.map((text) => parsePersona(text, '--approve-as')) };
  if (schedule !== undefined)
    return { follow: (connection) => runSchedule(connection, schedule, runOptions) };
  if (requestPath === undefined)
    throw new UsageError(
      'Neither a request nor --schedule was given; allowed: exactly one of them. Give the path of a request, or --schedule NAME.',
    );
  const request = await readRequestFile(requestPath, io.cwd);
  return {
    follow: (connection) => runTask(connection, withId(request, connection), runOptions),
    taskType: request.type,
  };
}

/** What the command does first: it can take seconds until the task exists. */
function connectingText(options: RunOptions, io: Io): string {
  const target = targetOf(options, io.env);
  if (target === 'in-process')
    return `Starting an embedded AWS and loading ${options.assembly === undefined ? 'the app' : `the assembly ${options.assembly}`}\n`;
  return `Connecting to ${target === 'endpoint' ? 'AWS_ENDPOINT_URL' : `the stack ${options.stack}`}\n`;
}

async function seed(
  { embedded }: Connection,
  { seed: folder }: RunOptions,
  taskType: string | undefined,
  io: Io,
): Promise<void> {
  if (embedded === undefined || folder === undefined) return;
  io.err(`Loading the seed ${folder}\n`);
  await embedded.seed(folder, taskType);
}

/** The task has already ended, so a failed dump is only reported, and the task's result is still shown. */
async function dump({ embedded }: Connection, folder: string | undefined, io: Io): Promise<boolean> {
  if (embedded === undefined || folder === undefined) return true;
  try {
    await embedded.dump(folder);
    return true;
  } catch (error) {
    io.err(`taskbound: the dump of objects and items could not be written: ${messageOf(error)}.\n`);
    return false;
  }
}

const withId = (request: TaskRequest, { clock }: Connection): TaskRequest & { readonly taskId: string } => ({
  ...request,
  taskId: request.taskId ?? makeTaskId(clock.nowMs()),
});

function withAbsolutePaths(options: RunOptions, cwd: string): RunOptions {
  const { seed, dump, trail, out } = options;
  return {
    ...options,
    ...(seed !== undefined && { seed: resolve(cwd, seed) }),
    ...(dump !== undefined && { dump: resolve(cwd, dump) }),
    ...(trail !== undefined && { trail: resolve(cwd, trail) }),
    ...(out !== undefined && { out: resolve(cwd, out) }),
  };
}

/** Checks the options before a task is created. */
async function assertLocalOptions(options: RunOptions, io: Io): Promise<void> {
  const target = targetOf(options, io.env);
  for (const option of ['seed', 'dump', 'trail', 'stopAt', 'approveAs'] as const) {
    if (options[option] !== undefined && target !== 'in-process') {
      const [where, change] = elsewhere(target, options);
      throw new UsageError(
        `--${option.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)} was given, but the task runs ${where}; it works only with --local. ${change}, or omit this option.`,
      );
    }
  }
  if (options.dump !== undefined) await assertFolder(options.dump, '--dump');
  if (options.trail !== undefined) await assertFolder(options.trail, '--trail');
  if (options.out !== undefined) await assertFolder(options.out, '--out');
}

/** Where a task runs without `--local`, and how to change that. */
const elsewhere = (
  target: Target | undefined,
  { stack }: RunOptions,
): readonly [where: string, change: string] =>
  target === 'endpoint'
    ? ['at AWS_ENDPOINT_URL', 'Unset AWS_ENDPOINT_URL and add --local']
    : [`in the deployed stack ${stack ?? ''}`, 'Replace --stack with --local'];
