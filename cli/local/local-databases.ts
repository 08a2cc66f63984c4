import * as z from 'zod';
import { secretSpec } from '../../core/task-types/task-type.ts';
import { startDatabases, type LocalDatabase, type Schema } from './local-database.ts';
import type { EmbeddedAws, LoadedStack } from 'taskbound-local/embedded-aws';

/** The part of a type's configuration that names its databases. */
const typeParameter = z.looseObject({ type: z.string(), secrets: z.record(z.string(), secretSpec) });

/** A database that a task type's login belongs to. */
interface UsedDatabase {
  readonly taskType: string;
  readonly adminSecretArn: string;
  readonly name: string;
}

/**
 * The databases of a stack's task types: one PostgreSQL server for each admin secret. It starts when the secret is first read, so tasks
 * that need no database do not pay for it. A database without a schema is empty.
 */
export class LocalDatabases {
  readonly #aws: EmbeddedAws;
  readonly #used: readonly UsedDatabase[];
  readonly #started = new Map<string, Promise<LocalDatabase>>();
  #schemas: Readonly<Record<string, Schema>> = {};

  constructor(aws: EmbeddedAws, stack: LoadedStack) {
    this.#aws = aws;
    this.#used = usedDatabases(stack);
    for (const { adminSecretArn: arn } of this.#used)
      aws.secrets.provide(arn, async () => (await this.#start(arn)).adminSecret);
  }

  /** The names of all databases, which schemas can be given for. */
  get names(): readonly string[] {
    return [...new Set(this.#used.map(({ name }) => name))];
  }

  /** Called with the schemas that are used, to keep them: databases are created again at each start. */
  onSchemas: (schemas: Readonly<Record<string, Schema>>) => void = () => undefined;

  /** The schemas by the database's name. They must be given before the first task reads an admin secret. */
  use(schemas: Readonly<Record<string, Schema>>): void {
    this.#schemas = schemas;
    this.onSchemas(schemas);
  }

  /** The schemas that were used at an earlier start. */
  restore(scripts: Readonly<Record<string, string>>): void {
    this.#schemas = Object.fromEntries(
      Object.entries(scripts).map(([name, sql]) => [
        name,
        { where: `the schema of ${name} in the state folder`, sql },
      ]),
    );
  }

  /** Starts the databases that have a schema, of one task type or of all, so that an error in a schema is found before a task. Throws `SeedError`. */
  async check(taskType?: string): Promise<void> {
    for (const used of this.#used)
      if (Object.hasOwn(this.#schemas, used.name) && (taskType ?? used.taskType) === used.taskType)
        await this.#start(used.adminSecretArn);
  }

  async stop(): Promise<void> {
    const all = await Promise.allSettled(this.#started.values());
    await Promise.all(
      all.map((each) => (each.status === 'fulfilled' ? each.value.server.stop() : undefined)),
    );
  }

  #start(arn: string): Promise<LocalDatabase> {
    const starting = this.#started.get(arn) ?? this.#startServer(arn);
    this.#started.set(arn, starting);
    return starting;
  }

  async #startServer(arn: string): Promise<LocalDatabase> {
    const names = this.#used.filter(({ adminSecretArn }) => adminSecretArn === arn).map(({ name }) => name);
    const database = await startDatabases(new Map(names.map((name) => [name, this.#schemas[name]])));
    this.#aws.reachable.allow(database.server);
    return database;
  }
}

/** The databases of all task types, whose configuration is in parameters. */
function usedDatabases({ resources }: LoadedStack): readonly UsedDatabase[] {
  const values = [...resources.values()]
    .filter(({ type }) => type === 'AWS::SSM::Parameter')
    .map(({ properties }) => typeParameter.safeParse(jsonOrUndefined(String(properties['Value']))));
  return values.flatMap((value) => (value.success ? databasesOf(value.data) : []));
}

const databasesOf = ({ type: taskType, secrets }: z.infer<typeof typeParameter>): UsedDatabase[] =>
  Object.values(secrets).flatMap((spec) =>
    spec.kind === 'postgres' ? [{ taskType, adminSecretArn: spec.adminSecretArn, name: spec.database }] : [],
  );

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
