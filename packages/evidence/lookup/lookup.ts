import { chainedEvent, SIGNED_HEAD_SEQ, type ChainedEvent } from '../chain/evidence.ts';

/** What else than its id finds a task in the evidence table. Days are an index of the ledger; the name of a secret contains its boundary. */
export type LookupKind = 'requester' | 'approver' | 'key';

/** The partition of the index with the events of one person or of one access key. */
export const lookupKey = (kind: LookupKind, value: string): string => `${kind}#${value}`;

/** A run of a schedule is looked up as if the schedule were a person. No person's name contains a slash. */
export const scheduleRequester = (schedule: string): string => `schedule/${schedule}`;

/** The partition of the index in which an event is found; undefined for events that are not in the index, as most are. */
export function lookupOf({ type, data }: Pick<ChainedEvent, 'type' | 'data'>): string | undefined {
  const { requester, schedule, person, accessKeyId } = data;
  switch (type) {
    case 'task.requested':
      return isText(schedule)
        ? lookupKey('requester', scheduleRequester(schedule))
        : keyOf('requester', requester);
    case 'approval.granted':
    case 'approval.refused':
    case 'review.decided':
      return keyOf('approver', person);
    case 'identity.issued':
      return keyOf('key', accessKeyId);
    default:
      return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const keyOf = (kind: LookupKind, value: unknown): string | undefined =>
  isText(value) ? lookupKey(kind, value) : undefined;

/** An event as an item of the table. `lookup` is derived from the event, so its hash does not cover it. */
export function itemOf(event: ChainedEvent): ChainedEvent & { readonly lookup?: string } {
  const lookup = lookupOf(event);
  return lookup === undefined ? event : { ...event, lookup };
}

/** The event of an item. Throws `ZodError` when the item is not an event. */
export const eventIn = ({ lookup: _lookup, ...event }: Readonly<Record<string, unknown>>): ChainedEvent =>
  chainedEvent.parse(event);

/** The events among a boundary's items, and the unchecked item of their signature. Throws `ZodError` when an item is not an event. */
export function chainIn(items: readonly Readonly<Record<string, unknown>>[]): {
  readonly events: ChainedEvent[];
  readonly head: { readonly envelope: unknown; readonly publicKey: unknown } | undefined;
} {
  const head = items.find(({ seq }) => seq === SIGNED_HEAD_SEQ);
  return {
    events: items.filter((item) => item !== head).map(eventIn),
    head: head && { envelope: head['envelope'], publicKey: head['publicKey'] },
  };
}

/** Whether an event records that the secret of this name was made for its boundary. */
export const issued =
  (secretName: string) =>
  ({ type, data }: Pick<ChainedEvent, 'type' | 'data'>): boolean =>
    (type === 'identity.issued' && data['sessionSecretName'] === secretName) ||
    (type === 'secret.issued' && data['secretName'] === secretName);
