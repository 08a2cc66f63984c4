import { resolve } from 'node:path';
import { startEmbedded, type Embedded } from '../connection/embedded.ts';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import { findFreePort } from './find-free-port.ts';
import type { Io } from '../io.ts';
import { printJson } from 'taskbound-evidence/command/print';
import { renderEnvironment } from './render-environment.ts';
import { saveState, restoreState } from './saved-state.ts';
import { assertFolder } from 'taskbound-evidence/command/write-file';

export interface LocalOptions {
  readonly assembly?: string;
  readonly stack?: string;
  readonly port?: number;
  readonly state?: string;
  readonly policyDelay?: number;
  readonly json?: boolean;
}

/**
 * Serves the embedded AWS on 127.0.0.1, in real time, until the user stops it. With a state folder, the next start restores its data,
 * which is written atomically, once, at the end.
 */
export async function local(options: LocalOptions, io: Io): Promise<number> {
  const folder = options.state === undefined ? undefined : resolve(io.cwd, options.state);
  if (folder !== undefined) await assertFolder(folder, '--state');
  const port = await findFreePort(options.port);
  const embedded = await startEmbedded({ ...options, origin: `http://127.0.0.1:${port}` }, io);
  try {
    if (folder !== undefined) await restoreState(folder, embedded.aws);
    const { endpoint } = await embedded.aws.listen(port);
    printEnvironment(embedded, endpoint, options, io);
    await io.untilInterrupted();
    if (folder !== undefined) await saveState(folder, embedded.aws);
    return EXIT.done;
  } finally {
    await embedded.close();
  }
}

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
  };
  if (json === true) printJson(io, { stack: stackName, environment });
  else io.out(renderEnvironment(environment));
  io.err(
    `The stack ${stackName} is served at ${endpoint}. Set these variables in another terminal. Ctrl-C ends it.\n`,
  );
}
