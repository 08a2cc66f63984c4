import { resolve } from 'node:path';
import { startEmbedded, type Embedded } from '../connection/embedded.ts';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import { ServiceFailure } from '../../client/errors.ts';
import { findFreePort } from './find-free-port.ts';
import type { Io } from '../io.ts';
import { beginToKeep, keepState, readState, type KeptState } from './kept-state.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { renderEnvironment } from './render-environment.ts';
import { openStateFolder, type StateFolder } from './state-folder.ts';
import { assertFolder } from 'taskbound-evidence/command/write-file';

export interface LocalOptions {
  readonly assembly?: string;
  readonly stack?: string;
  readonly port?: number;
  readonly seed?: string;
  readonly state?: string;
  readonly policyDelay?: number;
  readonly json?: boolean;
}

/**
 * Serves the embedded AWS on 127.0.0.1, in real time, until the user stops it. With a state folder, each change is on the disk before a client
 * learns of it, so the next start continues where this one ended, however it ended.
 */
export async function local(options: LocalOptions, io: Io): Promise<number> {
  const folder = options.state === undefined ? undefined : resolve(io.cwd, options.state);
  if (folder !== undefined) await assertFolder(folder, '--state');
  const port = await findFreePort(options.port);
  const endpoint = `http://127.0.0.1:${port}`;
  if (folder === undefined) return serve(options, { port, endpoint, io });
  const opened = await openStateFolder(folder, endpoint, io);
  try {
    const kept = await readState(folder, opened.journal, io.clock.nowMs());
    assertSeedable(options, kept);
    return await serve(options, { port, endpoint, io, opened, kept });
  } finally {
    // An error of writing has been thrown already.
    await opened.close().catch(() => undefined);
  }
}

/** A seed would replace what tasks have changed since. Throws `UsageError`. */
function assertSeedable({ seed, state }: LocalOptions, { from }: KeptState): void {
  if (seed === undefined || from === 'nothing') return;
  throw new UsageError(
    `--seed ${seed} was given, but the state folder ${state ?? ''} has data already; a seed is loaded only at the first start, and would replace what tasks have changed since. Leave out --seed, or give another folder.`,
  );
}

interface Serving {
  readonly port: number;
  readonly endpoint: string;
  readonly io: Io;
  readonly opened?: StateFolder;
  readonly kept?: KeptState;
}

async function serve(options: LocalOptions, serving: Serving): Promise<number> {
  const { port, endpoint, io, opened, kept } = serving;
  const embedded = await startEmbedded({ ...options, origin: endpoint }, io);
  try {
    if (opened !== undefined && kept !== undefined)
      await keepState(opened.path, embedded, kept, opened.journal);
    if (options.seed !== undefined) await embedded.seed(resolve(io.cwd, options.seed));
    if (opened !== undefined) await written(opened, beginToKeep(opened.path, opened.journal));
    await embedded.aws.listen(port, () => opened?.journal.written() ?? Promise.resolve());
    embedded.aws.resume();
    printEnvironment(embedded, endpoint, options, io);
    await Promise.race([io.untilInterrupted(), untilStateFails(opened)]);
    // Before the functions are stopped: they continue at the next start as if nothing had answered them.
    if (opened !== undefined) await written(opened, opened.close());
    return EXIT.done;
  } finally {
    await embedded.close();
  }
}

/** Rejects when the state cannot be written. Never resolves. */
const untilStateFails = (opened: StateFolder | undefined): Promise<never> =>
  new Promise((_resolve, reject) => {
    if (opened === undefined) return;
    opened.journal.onFailure = (error) => reject(stateFailure(opened, error));
  });

async function written(opened: StateFolder, writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    throw stateFailure(opened, error);
  }
}

const stateFailure = ({ path }: StateFolder, error: unknown): ServiceFailure =>
  new ServiceFailure(
    `The state cannot be written to ${path}: ${messageOf(error)}. The embedded AWS was stopped; everything that clients were told before is saved. Free disk space, and start it again.`,
  );

function printEnvironment(
  { aws, config, stackName }: Embedded,
  endpoint: string,
  { json }: LocalOptions,
  io: Io,
): void {
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: aws.rootCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.rootCredentials.secretAccessKey,
    AWS_REGION: config.region ?? '',
    AWS_DEFAULT_REGION: config.region ?? '',
    TASKBOUND_STACK: stackName,
  };
  if (json === true) printJson(io, { stack: stackName, environment });
  else io.out(renderEnvironment(environment));
  io.err(
    `The stack ${stackName} is served at ${endpoint}. Set these variables in another terminal. Ctrl-C ends it.\n`,
  );
}
