import * as z from 'zod';
import type { PolicyDocument } from 'taskbound-iam/policy';
import { parsePolicy } from 'taskbound-iam/parse';
import type { KnownKey } from '../gateway/auth/credentials.ts';
import { BEFORE_ALL_CALLS } from '../iam/iam-store.ts';
import type { Secret } from '../secrets/secret-store.ts';
import type { EmbeddedServices } from './services.ts';
import type { QueueMessage } from '../events/queues.ts';
import type { BusEvent } from '../events/types.ts';
import type { S3Snapshot } from '../s3/snapshot.ts';

const VERSION = 1;

interface State {
  readonly version: number;
  readonly idsDrawn: number;
  readonly tables: Readonly<Record<string, readonly Record<string, unknown>[]>>;
  readonly secrets: readonly SecretState[];
  /** Inline policies by role and name, including the template's. */
  readonly roles: Readonly<Record<string, Readonly<Record<string, PolicyDocument>>>>;
  readonly sessions: readonly KnownKey[];
  readonly s3: S3Snapshot;
  /** In the Step Functions service's own format. */
  readonly executions: string;
  /** By ARN; absent from states written by an older version. */
  readonly queues?: Readonly<Record<string, readonly QueueMessage[]>>;
  readonly published?: readonly BusEvent[];
  /** Private keys of signing keys by ARN, base64; absent from states written by an older version. */
  readonly signingKeys?: Readonly<Record<string, string>>;
}

interface SecretState extends Omit<Secret, 'versions'> {
  readonly versions: readonly {
    readonly id: string;
    readonly text?: string;
    readonly base64?: string;
    readonly createdMs: number;
    readonly stages: readonly string[];
  }[];
}

function secretState(secret: Secret): SecretState {
  const versions = [...secret.versions.values()].map(({ value, ...rest }) =>
    typeof value === 'string'
      ? { ...rest, text: value }
      : { ...rest, base64: Buffer.from(value).toString('base64') },
  );
  return { ...secret, versions };
}

function secretOf({ versions, ...state }: SecretState): Secret {
  const values = versions.map(({ text, base64, ...rest }) => ({
    ...rest,
    value: text ?? new Uint8Array(Buffer.from(base64 ?? '', 'base64')),
  }));
  return { ...state, versions: new Map(values.map((version) => [version.id, version])) };
}

/** The data of all services, as JSON text. */
export async function snapshotState(aws: EmbeddedServices): Promise<string> {
  const nowMs = aws.clock.nowMs();
  const tables = await Promise.all(
    aws.dynamodb.tableNames().map(async (name) => [name, await aws.dynamodb.items(name)] as const),
  );
  const roles = aws.iam.roles().map(({ name }) => {
    const policies = aws.iam
      .inlinePolicies(name, nowMs)
      .map((policy) => [policy.name, policy.document] as const);
    return [name, Object.fromEntries(policies)] as const;
  });
  const state: State = {
    version: VERSION,
    idsDrawn: aws.ids.drawn,
    tables: Object.fromEntries(tables),
    secrets: aws.secrets.store.all().map(secretState),
    roles: Object.fromEntries(roles),
    sessions: aws.credentials.sessions(),
    s3: aws.s3.snapshot(),
    executions: aws.states.snapshot(),
    queues: Object.fromEntries(aws.queues.all().map(({ arn, messages }) => [arn, messages])),
    published: aws.events.published,
    signingKeys: aws.keys.snapshot(),
  };
  return JSON.stringify(state);
}

const readable = z.looseObject({ version: z.literal(VERSION), idsDrawn: z.number() });

function parseState(json: string): State {
  const value: unknown = JSON.parse(json);
  const parsed = readable.safeParse(value);
  if (!parsed.success)
    throw new Error(
      `The state was written by another version; this version reads version ${VERSION}. Remove the state folder and start again.`,
    );
  return value as State;
}

/** Restores a snapshot into an AWS with the same stack loaded. Skips sessions of roles that no longer exist. */
export async function restoreState(aws: EmbeddedServices, json: string): Promise<void> {
  const state = parseState(json);
  aws.ids.resume(state.idsDrawn);
  const tables = new Set(aws.dynamodb.tableNames());
  for (const [table, items] of Object.entries(state.tables)) {
    if (tables.has(table)) for (const item of items) await aws.dynamodb.putItem(table, item);
  }
  for (const secret of state.secrets) aws.secrets.store.add(secretOf(secret));
  restorePolicies(aws, state.roles);
  const roles = new Set(aws.iam.roles().map(({ name }) => name));
  aws.credentials.restore(state.sessions.filter(({ caller }) => roles.has(caller.roleName ?? '')));
  aws.s3.restore(state.s3);
  aws.states.restore(state.executions);
  aws.keys.restore(state.signingKeys ?? {});
  aws.queues.restore(state.queues ?? {});
  aws.events.published.splice(0, Number.POSITIVE_INFINITY, ...(state.published ?? []));
}

/** Restores the inline policies that were put at run time. The template provides its own. */
function restorePolicies(aws: EmbeddedServices, roles: State['roles']): void {
  for (const { name: role } of aws.iam.roles()) {
    const own = new Set(aws.iam.inlinePolicies(role, BEFORE_ALL_CALLS).map(({ name }) => name));
    for (const [name, document] of Object.entries(roles[role] ?? {})) {
      if (own.has(name)) continue;
      aws.iam.putInline(role, name, parsePolicy(JSON.stringify(document), 'identity'), BEFORE_ALL_CALLS);
    }
  }
}
