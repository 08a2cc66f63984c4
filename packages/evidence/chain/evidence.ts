import * as z from 'zod';
import { digestOf } from '../canonical-json/digest.ts';
import { dsseEnvelope } from '../signature/dsse.ts';

export const EVENT_TYPES = [
  'task.requested',
  'approval.granted',
  'approval.refused',
  'approval.expired',
  'task.admitted',
  'task.rejected',
  'task.ended',
  'attempt.refused',
  'review.opened',
  'review.decided',
  'secret.issued',
  'identity.issued',
  'work.finished',
  'boundary.revoked',
  'secret.revoked',
  'revocation.proven',
  'boundary.closed',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** `prevHash` of the first event. */
export const FIRST_PREV_HASH = '0'.repeat(64);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** One event of a task, version 1. `id` is determined by its cause, so that a repeated append is recognised. */
export const evidenceEvent = z.strictObject({
  v: z.literal(1),
  boundaryId: z.string(),
  seq: z.int().min(1),
  id: z.string().min(1),
  at: z.iso.datetime({ precision: 3 }),
  type: z.enum(EVENT_TYPES),
  /** The control function, or the person's ARN. */
  actor: z.string().min(1),
  /** Names, ARNs, digests, figures; never a secret value. */
  data: z.record(z.string(), z.json()),
  prevHash: hash,
  hash,
});
export type EvidenceEvent = z.infer<typeof evidenceEvent>;

/** Any JSON value. */
export type Json = z.infer<ReturnType<typeof z.json>>;

/** An event before it has its place in the chain. */
export interface EventDraft {
  readonly id: string;
  readonly type: EventType;
  readonly actor: string;
  readonly data: Readonly<Record<string, Json>>;
}

/** Lower-case hex SHA-256 over the RFC 8785 canonical JSON of the event without `hash`. */
const eventHash = (event: Omit<EvidenceEvent, 'hash'>): string => digestOf(event);

/** Puts a draft behind the last event of its chain. */
export function chainEvent(
  boundaryId: string,
  last: EvidenceEvent | undefined,
  draft: EventDraft,
  atMs: number,
): EvidenceEvent {
  const event = {
    v: 1 as const,
    boundaryId,
    seq: (last?.seq ?? 0) + 1,
    id: draft.id,
    at: new Date(atMs).toISOString(),
    type: draft.type,
    actor: draft.actor,
    data: { ...draft.data },
    prevHash: last?.hash ?? FIRST_PREV_HASH,
  };
  return { ...event, hash: eventHash(event) };
}

/** What is wrong with a chain, or undefined. Names the first bad event. */
export function chainFault(boundaryId: string, events: readonly EvidenceEvent[]): string | undefined {
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

/** What `close-boundary` signed of a chain, and the key's public half: it stands beside the events, which are never changed. */
export const signedHead = z.strictObject({
  envelope: dsseEnvelope,
  /** PEM (SubjectPublicKeyInfo). */
  publicKey: z.string(),
});
export type SignedHead = z.infer<typeof signedHead>;

/** The sort key of the item that holds it: events count from 1. */
export const SIGNED_HEAD_SEQ = 0;

/** One file that holds all evidence of a task. `envelope` and `publicKey` are null until its boundary is closed. */
export const evidenceBundle = z.strictObject({
  version: z.literal(1),
  boundaryId: z.string(),
  taskId: z.string(),
  events: z.array(evidenceEvent),
  envelope: dsseEnvelope.nullable(),
  /** PEM (SubjectPublicKeyInfo) of the key that signed. */
  publicKey: z.string().nullable(),
});
export type EvidenceBundle = z.infer<typeof evidenceBundle>;
