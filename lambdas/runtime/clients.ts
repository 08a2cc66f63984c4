import type { SessionCredentials } from '../../core/work/work.ts';
import { InvocationEnded } from './errors.ts';
import { usesOf } from './uses/iam-names.ts';
import type { NamedUse, UseOrigin } from './uses/named-use.ts';
import type { ToolLog } from './uses/tool-log.ts';

/** The parts of an AWS SDK v3 client that the runtime uses. */
export interface AwsClient {
  readonly config: { readonly serviceId?: string; readonly defaultSigningName?: string };
  readonly middlewareStack: {
    add(
      middleware: (next: Next, context: CommandContext) => Next,
      options: { readonly step: 'initialize'; readonly name: string; readonly priority: 'high' },
    ): void;
  };
  destroy(): void;
}

type Call = { readonly input: object };
type Next = (call: Call) => Promise<{ readonly output: object }>;
interface CommandContext {
  readonly commandName?: string;
}

/** The settings of every client. */
export interface SessionConfig {
  readonly region: string;
  readonly credentials: Pick<SessionCredentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;
}
export type ClientClass<Config extends object, Client extends AwsClient> = new (
  config: Config & SessionConfig,
) => Client;

/** The clients of one invocation. Each has the task's session, and records every command in the tool log. */
export class TaskClients {
  readonly #session: SessionConfig;
  readonly #accountId: string;
  readonly #log: ToolLog;
  readonly #made: AwsClient[] = [];
  #ended = false;

  constructor(session: SessionConfig, accountId: string, log: ToolLog) {
    this.#session = session;
    this.#accountId = accountId;
    this.#log = log;
  }

  /** The session's credentials override the caller's settings. */
  make<Config extends object, Client extends AwsClient>(
    Class: ClientClass<Config, Client>,
    config?: Config,
  ): Client {
    const region = (config && 'region' in config && config.region) || this.#session.region;
    const client = new Class(Object.assign({}, config, this.#session, { region }));
    this.#watch(client, {
      region: typeof region === 'string' ? region : this.#session.region,
      accountId: this.#accountId,
    });
    this.#made.push(client);
    return client;
  }

  /** Closes the sockets. A client that the work kept throws from now on. */
  end(): void {
    this.#ended = true;
    for (const client of this.#made) client.destroy();
  }

  #watch(client: AwsClient, place: UseOrigin): void {
    const service = client.config;
    client.middlewareStack.add(
      (next, context) => (call) => {
        const command = (context.commandName ?? 'UnknownCommand').replace(/Command$/, '');
        return this.#recorded(command, usesOf(service, command, call.input, place), next, call);
      },
      { step: 'initialize', name: 'taskboundToolLog', priority: 'high' },
    );
  }

  async #recorded(
    command: string,
    uses: readonly NamedUse[],
    next: Next,
    call: Call,
  ): Promise<{ readonly output: object }> {
    if (this.#ended) {
      throw new InvocationEnded(
        `${command} was called after its invocation had ended; clients live for one invocation. Await every call before you return.`,
      );
    }
    try {
      const result = await next(call);
      this.#log.add(uses, requestIdOf(result.output), 'ok');
      return result;
    } catch (error) {
      this.#log.add(uses, requestIdOf(error), error instanceof Error ? error.name : 'UnknownError');
      throw error;
    }
  }
}

/** `$metadata.requestId` of an output or an SDK error; empty if there was no answer. */
function requestIdOf(carrier: unknown): string {
  if (typeof carrier !== 'object' || carrier === null || !('$metadata' in carrier)) return '';
  const metadata = carrier.$metadata;
  return typeof metadata === 'object' && metadata !== null && 'requestId' in metadata
    ? String(metadata.requestId ?? '')
    : '';
}
