import * as z from 'zod';
import type { PolicyDocument } from 'taskbound-iam/policy';
import type { QueueMessage } from '../events/queues.ts';
import type { KnownKey } from '../gateway/auth/credentials.ts';
import type { StoredObject } from '../s3/store.ts';
import type { SavedSecret } from '../secrets/saved-secret.ts';
import { eventKey } from '../stepfunctions/saved-executions.ts';
import { readExecution } from '../stepfunctions/snapshot.ts';
import type { SavedKey } from './changes.ts';
import { emptyState, type SavedState } from './saved-state.ts';

/** One object of version 1: its bytes are in base64. */
interface ObjectOfVersion1 extends Omit<StoredObject, 'body'> {
  readonly key: string;
  readonly base64: string;
}

/** The whole state in one JSON text, which earlier versions wrote when they ended. */
interface Version1 {
  readonly tables: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  readonly secrets: readonly SavedSecret[];
  readonly roles: Readonly<Record<string, Readonly<Record<string, PolicyDocument>>>>;
  readonly sessions: readonly KnownKey[];
  readonly s3: {
    readonly buckets: readonly { readonly name: string; readonly objects: readonly ObjectOfVersion1[] }[];
  };
  readonly executions: string;
  readonly queues?: Readonly<Record<string, readonly QueueMessage[]>>;
  readonly signingKeys?: Readonly<Record<string, string>>;
}

const readable = z.looseObject({ version: z.literal(1), idsDrawn: z.number() });

/** Reads a `state.json` of version 1. Throws an error when it is something else. */
export function stateOfVersion1(json: string): SavedState {
  const value: unknown = JSON.parse(json);
  if (!readable.safeParse(value).success)
    throw new Error('it is not a state of version 1, the only one that was written as one file');
  const {
    tables,
    secrets,
    roles,
    sessions,
    s3,
    executions,
    queues = {},
    signingKeys = {},
  } = value as Version1;
  return {
    ...emptyState(),
    items: Object.entries(tables).flatMap(([table, items]) => items.map((item) => ({ table, item }))),
    secrets: [...secrets],
    policies: Object.entries(roles).flatMap(([role, policies]) =>
      Object.entries(policies).map(([name, document]) => ({ role, name, document })),
    ),
    accessKeys: [...sessions],
    objects: s3.buckets.flatMap(({ name: bucket, objects }) =>
      objects.map(({ key, base64, ...rest }) => ({
        bucket,
        key,
        object: { ...rest, body: Buffer.from(base64, 'base64') },
      })),
    ),
    executions: z
      .object({ executions: z.array(z.unknown()) })
      .parse(JSON.parse(executions))
      .executions.map(readExecution),
    messages: Object.entries(queues).flatMap(([queueArn, messages]) =>
      messages.map((message) => ({ queueArn, message })),
    ),
    signingKeys: { ...signingKeys },
  };
}

/** The parts of a restored state of version 1 that no service reports while it is restored. */
export function* unreportedEntries(state: SavedState): Generator<readonly [SavedKey, unknown]> {
  for (const { role, name, document } of state.policies) yield [['policy', role, name], document];
  for (const key of state.accessKeys) yield [['access-key', key.caller.accessKeyId ?? ''], key];
  for (const [arn, scalar] of Object.entries(state.signingKeys)) yield [['signing-key', arn], scalar];
  for (const { events, machine: _machine, position: _position, ...head } of state.executions) {
    yield [['execution', head.arn], head];
    for (const event of events) yield [eventKey(head, event.id), event];
  }
}
