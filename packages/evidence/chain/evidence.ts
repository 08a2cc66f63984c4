import * as z from 'zod';
import { digestOf } from '../canonical-json/digest.ts';
import { envelopeShape, EVENT_TYPES } from '../events/event.ts';
import { dsseEnvelope } from '../signature/dsse.ts';

/** `prevHash` of the first event. */
export const FIRST_PREV_HASH = '0'.repeat(64);

/**
 * One event in its place in a chain: the envelope is checked, `data` is any JSON. A chain holds or breaks whatever `data` contains, so its
 * form is checked later, by `parseEvents`, where somebody reads it.
 */
export const chainedEvent = z.strictObject({ ...envelopeShape, type: z.enum(EVENT_TYPES) });
export type ChainedEvent = z.infer<typeof chainedEvent>;

/** What goes into a chain: `EventDraft` with any data. */
export interface ChainDraft extends Pick<ChainedEvent, 'id' | 'type' | 'actor'> {
  readonly data: { readonly [name: string]: ReadonlyJson };
}

type ReadonlyJson =
  string | number | boolean | null | readonly ReadonlyJson[] | { readonly [name: string]: ReadonlyJson };

/** Lower-case hex SHA-256 over the RFC 8785 canonical JSON of the event without `hash`. */
const eventHash = (event: Omit<ChainedEvent, 'hash'>): string => digestOf(event);

/** Puts a draft after the last event of its chain. */
export function chainEvent(
  boundaryId: string,
  last: ChainedEvent | undefined,
  draft: ChainDraft,
  atMs: number,
): ChainedEvent {
  const event = {
    v: 1 as const,
    boundaryId,
    seq: (last?.seq ?? 0) + 1,
    id: draft.id,
    at: new Date(atMs).toISOString(),
    type: draft.type,
    actor: draft.actor,
    // Read-only in a draft, and otherwise the same JSON.
    data: { ...draft.data } as ChainedEvent['data'],
    prevHash: last?.hash ?? FIRST_PREV_HASH,
  };
  return { ...event, hash: eventHash(event) };
}

/** Why a chain does not hold, or undefined. Names the first wrong event. */
export function chainFault(boundaryId: string, events: readonly ChainedEvent[]): string | undefined {
  let prevHash = FIRST_PREV_HASH;
  const ids = new Set<string>();
  for (const [index, event] of events.entries()) {
    const { hash: claimed, ...rest } = event;
    const where = `event ${index + 1} (${event.type})`;
    if (event.boundaryId !== boundaryId) return `${where} belongs to ${event.boundaryId}, not ${boundaryId}`;
    if (event.seq !== index + 1) return `${where} has seq ${event.seq}, expected ${index + 1}`;
    if (event.prevHash !== prevHash) return `${where} does not follow the event before it: prevHash differs`;
    if (eventHash(rest) !== claimed) return `${where} was changed: its hash differs`;
    if (ids.has(event.id)) return `${where} repeats the id ${event.id}`;
    if (event.type === 'boundary.closed' && index !== events.length - 1)
      return `${where} is not the last event`;
    ids.add(event.id);
    prevHash = claimed;
  }
  return undefined;
}

/** The signature of `close-boundary` over a chain, and the public key. It is stored beside the events, which are never changed. */
export const signedHead = z.strictObject({
  envelope: dsseEnvelope,
  /** PEM (SubjectPublicKeyInfo). */
  publicKey: z.string(),
});
export type SignedHead = z.infer<typeof signedHead>;

/** Sort key of the signature's item: events count from 1. */
export const SIGNED_HEAD_SEQ = 0;

/** The file with all evidence of a task. `envelope` and `publicKey` are null until the boundary is closed. */
export const evidenceBundle = z.strictObject({
  version: z.literal(1),
  boundaryId: z.string(),
  taskId: z.string(),
  events: z.array(chainedEvent),
  envelope: dsseEnvelope.nullable(),
  /** PEM (SubjectPublicKeyInfo) of the key that signed. */
  publicKey: z.string().nullable(),
});
export type EvidenceBundle = z.infer<typeof evidenceBundle>;
