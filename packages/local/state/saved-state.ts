import type { PolicyDocument } from 'taskbound-iam/policy';
import type { QueueMessage } from '../events/queues.ts';
import type { KnownKey } from '../gateway/auth/credentials.ts';
import type { Role } from '../iam/iam-store.ts';
import type { StoredLine } from '../logs/log-groups.ts';
import type { StoredObject } from '../s3/store.ts';
import type { SavedSecret } from '../secrets/saved-secret.ts';
import { readExecution, type SavedExecution } from '../stepfunctions/snapshot.ts';
import type { SavedKey, SavedKind } from './changes.ts';

/** Everything that was saved, by service. The stack itself comes from its template. */
export interface SavedState {
  readonly items: { readonly table: string; readonly item: Readonly<Record<string, unknown>> }[];
  readonly secrets: SavedSecret[];
  /** Inline policies that were put at run time. */
  readonly policies: { readonly role: string; readonly name: string; readonly document: PolicyDocument }[];
  readonly roles: Pick<Role, 'name' | 'id' | 'createdMs'>[];
  readonly accessKeys: KnownKey[];
  readonly objects: { readonly bucket: string; readonly key: string; readonly object: StoredObject }[];
  readonly executions: SavedExecution[];
  readonly messages: { readonly queueArn: string; readonly message: QueueMessage }[];
  /** Private keys, base64, by the key's ARN. */
  readonly signingKeys: Record<string, string>;
  readonly logs: { readonly group: string; readonly line: StoredLine }[];
  /** The scripts that create the schemas of databases, by the database's name. */
  readonly schemas: Record<string, string>;
}

export const emptyState = (): SavedState => ({
  ...{ items: [], secrets: [], policies: [], roles: [], accessKeys: [], objects: [], executions: [] },
  ...{ messages: [], signingKeys: {}, logs: [], schemas: {} },
});

/** The parts of executions and objects, until all are read. */
class Parts {
  readonly bodies = new Map<string, Buffer>();
  readonly heads: Record<string, unknown>[] = [];
  readonly events = new Map<string, unknown[]>();
  readonly definitions = new Map<string, unknown>();
  readonly objects: { bucket: string; key: string; object: Omit<StoredObject, 'body'> }[] = [];
}

type Reader = (parts: readonly string[], value: unknown, state: SavedState, found: Parts) => void;

const pathOf = (...parts: readonly unknown[]): string => JSON.stringify(parts);

/** What each kind of value means. The values were written by this version's services. */
const READERS: Readonly<Record<SavedKind, Reader>> = {
  'access-key': (_parts, value, { accessKeys }) => void accessKeys.push(value as KnownKey),
  body: (parts, value, _state, { bodies }) => void bodies.set(pathOf(...parts), value as Buffer),
  definition: ([hash = ''], value, _state, { definitions }) => void definitions.set(hash, value),
  event: ([arn, startMs], value, _state, { events }) => {
    const path = pathOf(arn, startMs);
    events.set(path, [...(events.get(path) ?? []), value]);
  },
  execution: (_parts, value, _state, { heads }) => void heads.push(value as Record<string, unknown>),
  item: ([table = ''], value, { items }) =>
    void items.push({ table, item: value as Readonly<Record<string, unknown>> }),
  log: ([group = ''], value, { logs }) => void logs.push({ group, line: value as StoredLine }),
  message: ([queueArn = ''], value, { messages }) =>
    void messages.push({ queueArn, message: value as QueueMessage }),
  object: ([bucket = '', key = ''], value, _state, { objects }) =>
    void objects.push({ bucket, key, object: value as StoredObject }),
  policy: ([role = '', name = ''], value, { policies }) =>
    void policies.push({ role, name, document: value as PolicyDocument }),
  role: ([name = ''], value, { roles }) => void roles.push({ ...(value as Role), name }),
  schema: ([database = ''], value, { schemas }) => void (schemas[database] = String(value)),
  secret: (_parts, value, { secrets }) => void secrets.push(value as SavedSecret),
  'signing-key': ([arn = ''], value, { signingKeys }) => void (signingKeys[arn] = String(value)),
};

/** Reads saved values, which are in the order of their keys. Throws an error when they were not written by this version. */
export async function stateOf(
  entries: AsyncIterable<readonly [SavedKey, unknown]> | Iterable<readonly [SavedKey, unknown]>,
): Promise<SavedState> {
  const state = emptyState();
  const found = new Parts();
  for await (const [[kind, ...parts], value] of entries) {
    const read: Reader | undefined = READERS[kind];
    if (read === undefined)
      throw new Error(`it has a value of the kind ${JSON.stringify(kind)}, which this version does not know`);
    read(parts, value, state, found);
  }
  for (const each of found.objects)
    state.objects.push({ ...each, object: { ...each.object, body: bodyOf(each, found) } });
  for (const head of found.heads) state.executions.push(executionOf(head, found));
  state.executions.sort((a, b) => a.startMs - b.startMs);
  state.messages.sort((a, b) => a.message.atMs - b.message.atMs);
  return state;
}

function bodyOf(
  { bucket, key }: { readonly bucket: string; readonly key: string },
  { bodies }: Parts,
): Buffer {
  const body = bodies.get(pathOf(bucket, key));
  if (body === undefined) throw new Error(`the object ${key} of the bucket ${bucket} has no bytes`);
  return body;
}

function executionOf(
  head: Readonly<Record<string, unknown>>,
  { events, definitions }: Parts,
): SavedExecution {
  const machine = head['machine'] as { readonly definition: string } | undefined;
  const text = definitions.get(machine?.definition ?? '');
  return readExecution({
    ...head,
    events: events.get(pathOf(head['arn'], String(head['startMs']))) ?? [],
    machine: typeof text === 'string' ? { ...machine, definition: text } : undefined,
  });
}
