import type { Acting } from './acting.ts';
import type { ClientConfig } from '../../client/caller/client-config.ts';
import { UsageError } from 'taskbound-evidence/command/errors';
import type { Embedded, EmbeddedOptions } from './embedded.ts';
import type { Io } from '../io.ts';
import { environmentConfig } from '../../client/caller/environment-config.ts';
import { parsePersona } from './persona.ts';
import type { Manifest } from '../../core/manifest/manifest.ts';
import { findManifest } from './find-manifest.ts';
import { readManifest } from '../../client/stack/read-manifest.ts';
import { deployedStackOf, targetOf, type TargetOptions } from './target.ts';

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
  const stackName = deployedStackOf(options, io.env);
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
