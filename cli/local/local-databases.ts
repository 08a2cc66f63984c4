import * as z from 'zod';
import { secretSpec } from '../../core/task-types/task-type.ts';
import { startDemoDatabase, type DemoDatabase } from './demo-database.ts';
import type { EmbeddedAws, LoadedStack } from 'taskbound-local/embedded-aws';

/** The part of a type's configuration that names its databases. */
const typeParameter = z.looseObject({ secrets: z.record(z.string(), secretSpec) });

/**
 * The databases of a stack's task types: one PostgreSQL server for each admin secret. It starts when the secret is first read, so tasks
 * that need no database do not pay for it.
 */
export class LocalDatabases {
  readonly #started = new Map<string, Promise<DemoDatabase>>();

  /** `script` creates the schema in the database, as the superuser. */
  constructor(aws: EmbeddedAws, stack: LoadedStack, script: () => string) {
    for (const arn of adminSecretsOf(stack)) {
      const start = async (): Promise<string> => {
        const database = await this.#start(arn, script());
        aws.reachable.allow(database.server);
        return database.adminSecret;
      };
      aws.secrets.provide(arn, start);
    }
  }

  /** The database of an admin secret, if it was started. */
  started(arn: string): Promise<DemoDatabase> | undefined {
    return this.#started.get(arn);
  }

  async stop(): Promise<void> {
    const all = await Promise.allSettled(this.#started.values());
    await Promise.all(
      all.map((each) => (each.status === 'fulfilled' ? each.value.server.stop() : undefined)),
    );
  }

  #start(arn: string, script: string): Promise<DemoDatabase> {
    const starting = this.#started.get(arn) ?? startDemoDatabase(script);
    this.#started.set(arn, starting);
    return starting;
  }
}

/** The admin secrets of all task types, whose configuration is in parameters. */
function adminSecretsOf({ resources }: LoadedStack): ReadonlySet<string> {
  const values = [...resources.values()]
    .filter(({ type }) => type === 'AWS::SSM::Parameter')
    .map(({ properties }) => typeParameter.safeParse(jsonOrUndefined(String(properties['Value']))));
  const specs = values.flatMap((value) => (value.success ? Object.values(value.data.secrets) : []));
  return new Set(specs.flatMap((spec) => (spec.kind === 'postgres' ? spec.adminSecretArn : [])));
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
