import type { Acting } from './acting.ts';
import type { ClientConfig } from './client-config.ts';
import { UsageError } from 'taskbound-evidence/command/errors';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { callerCredentials } from './credentials.ts';
import type { Embedded, EmbeddedOptions } from './embedded.ts';
import type { Io } from '../io.ts';
import { parsePersona } from './persona.ts';
import type { Manifest } from '../../core/manifest/manifest.ts';
import { findManifest } from './find-manifest.ts';
import { readManifest } from './read-manifest.ts';
import { targetOf, type TargetOptions } from './target.ts';

/** An AWS and a stack in it: a real account, an embedded AWS behind an endpoint, or one in this process. */
export interface Connection extends Acting {
  readonly stackName: string;
  readonly manifest: Manifest;
  /** Present when the AWS runs in this process. */
  readonly embedded?: Embedded;
  close(): Promise<void>;
}

/** A connection to an AWS in this process. */
export type InProcessConnection = Connection & { readonly embedded: Embedded };

export interface ConnectionOptions extends TargetOptions {
  readonly policyDelay?: number;
  /** `alice@Approvers` */
  readonly as?: string;
}

/** The stack's name in `sample/app.ts`. */
const DEFAULT_STACK = 'Taskbound';

const personOption = ({ as }: ConnectionOptions): Pick<Connection, 'as'> =>
  as === undefined ? {} : { as: parsePersona(as, '--as') };

const isLoopback = (endpoint: string): boolean =>
  ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(endpoint).hostname);

/** Whether the caller is a person of their own. An embedded AWS prints the keys of its owner; a session that somebody opened there is theirs. */
const isSomebody = ({ endpoint }: ClientConfig, env: Io['env']): boolean =>
  endpoint === undefined || !isLoopback(endpoint) || Boolean(env['AWS_SESSION_TOKEN']);

/**
 * Connects to the AWS that the options and the environment name. The command has checked that they name one, with its own message. Close
 * the connection when done.
 */
export async function connect(options: ConnectionOptions, io: Io): Promise<Connection> {
  personOption(options);
  const target = targetOf(options, io.env);
  if (target === undefined)
    throw new UsageError('No target was given. Give --stack, --local or AWS_ENDPOINT_URL.');
  if (target === 'in-process') return connectInProcess(options, io);
  const config = environmentConfig(io.env);
  const stackName = options.stack ?? DEFAULT_STACK;
  const acting = {
    clock: io.clock,
    config,
    hasPeople: isSomebody(config, io.env),
    ...personOption(options),
  };
  return {
    stackName,
    manifest: await findManifest(stackName, acting),
    ...acting,
    close: async () => undefined,
  };
}

/** The client config from the environment. Throws `UsageError` for an endpoint that is not a URL. */
export function environmentConfig(env: Io['env']): ClientConfig {
  const endpoint = endpointOf(env);
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  return {
    ...omitUndefined({ endpoint, region }),
    ...callerCredentials(env),
  };
}

function endpointOf(env: Io['env']): string | undefined {
  const endpoint = env['AWS_ENDPOINT_URL'];
  if (endpoint === undefined || endpoint === '') return undefined;
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
    throw new UsageError(
      `AWS_ENDPOINT_URL is ${JSON.stringify(endpoint)}; it must be a URL such as http://127.0.0.1:4566. Correct or unset it.`,
    );
  }
  return endpoint.replace(/\/+$/, '');
}

/** Loads the app into a new embedded AWS in this process, and connects to it. `clock`: see `EmbeddedOptions`. */
export async function connectInProcess(
  options: ConnectionOptions & Pick<EmbeddedOptions, 'clock'>,
  io: Io,
): Promise<InProcessConnection> {
  const { startEmbedded } = await import('./embedded.ts');
  const embedded = await startEmbedded(options, io);
  try {
    const { config, clock, stackName } = embedded;
    return {
      stackName,
      manifest: await readManifest(config, stackName),
      clock,
      config,
      hasPeople: false,
      ...personOption(options),
      embedded,
      close: () => embedded.close(),
    };
  } catch (error) {
    await embedded.close();
    throw error;
  }
}
