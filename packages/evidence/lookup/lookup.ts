import { chainedEvent, SIGNED_HEAD_SEQ, type ChainedEvent } from '../chain/evidence.ts';

/** By what a task is found that is not its id. Days are the ledger's own index; a secret's name holds its boundary. */
export type LookupKind = 'requester' | 'approver' | 'key';

/** The partition of the index in which what was done by somebody, or with an access key, stands. */
export const lookupKey = (kind: LookupKind, value: string): string => `${kind}#${value}`;

/** How a run of a schedule is looked up: as if the schedule were a person. No person's name has a slash. */
export const scheduleRequester = (schedule: string): string => `schedule/${schedule}`;

/** Where an event can be found in the index; undefined for most, which are in it not at all. */
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

/** An event as the table has it: `lookup` stands beside it, outside of its hash, because it follows from it. */
export function itemOf(event: ChainedEvent): ChainedEvent & { readonly lookup?: string } {
  const lookup = lookupOf(event);
  return lookup === undefined ? event : { ...event, lookup };
}

/** The event of an item. Throws `ZodError` when it is none. */
export const eventIn = ({ lookup: _lookup, ...event }: Readonly<Record<string, unknown>>): ChainedEvent =>
  chainedEvent.parse(event);

/** The events among a boundary's items, and what stands in the place of their signature, whatever that is. Throws `ZodError` for an event that is none. */
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

/** Whether an event says that the secret of this name was made for its boundary. */
export const issued =
  (secretName: string) =>
  ({ type, data }: Pick<ChainedEvent, 'type' | 'data'>): boolean =>
    (type === 'identity.issued' && data['sessionSecretName'] === secretName) ||
    (type === 'secret.issued' && data['secretName'] === secretName);
