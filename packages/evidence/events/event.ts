import * as z from 'zod';
import { taskAdmitted, taskRejected } from './admission-events.ts';
import { approvalDecided, approvalExpired } from './approval-events.ts';
import { attemptRefused } from './attempt-events.ts';
import { boundaryClosed } from './closing-events.ts';
import { taskEnded } from './early-end-events.ts';
import { identityIssued } from './identity-events.ts';
import type { Known } from './known.ts';
import { taskRequested } from './request-events.ts';
import { reviewDecided, reviewOpened } from './review-events.ts';
import { boundaryRevoked, revocationProven } from './revocation-events.ts';
import { secretIssued, secretRevoked } from './secret-events.ts';
import { sha256 } from './values.ts';
import { workFinished } from './work-events.ts';

/** Any JSON value. */
export type Json = z.infer<ReturnType<typeof z.json>>;

/** What every event of version 1 has, whatever its type. */
export const envelopeShape = {
  v: z.literal(1),
  boundaryId: z.string(),
  /** Position in the chain, from 1. */
  seq: z.int().min(1),
  /** Derived from the event's cause, so that a repeated append is recognised. */
  id: z.string().min(1),
  /** When it was written. Always with milliseconds. */
  at: z.iso.datetime({ precision: 3 }),
  type: z.string().min(1),
  /** The control function, or the person's ARN. */
  actor: z.string().min(1),
  /** Names, ARNs, digests, figures; never a secret value. */
  data: z.record(z.string(), z.json()),
  /** `hash` of the event before it; 64 zeros in the first. */
  prevHash: sha256,
  /** Over the canonical JSON of the whole event without this field, unknown fields included. */
  hash: sha256,
};

/** An event of any type, also of one that a newer version writes: enough to check a chain and to show the event as it is. */
export const eventEnvelope = z.looseObject(envelopeShape);

const eventOf = <Type extends string, Data extends z.core.SomeType>(type: Type, data: Data) =>
  z.looseObject({ ...envelopeShape, type: z.literal(type), data });

/**
 * All events of version 1, told apart by `type`: the one place that lists them. Fields that are not named here are kept, at every level.
 * No schema below may transform a value or fill one in, because hashes cover the event as it was written.
 */
export const evidenceEvent = z.discriminatedUnion('type', [
  eventOf('task.requested', taskRequested),
  eventOf('approval.granted', approvalDecided),
  eventOf('approval.refused', approvalDecided),
  eventOf('approval.expired', approvalExpired),
  eventOf('task.admitted', taskAdmitted),
  eventOf('task.rejected', taskRejected),
  eventOf('task.ended', taskEnded),
  eventOf('attempt.refused', attemptRefused),
  eventOf('review.opened', reviewOpened),
  eventOf('review.decided', reviewDecided),
  eventOf('secret.issued', secretIssued),
  eventOf('identity.issued', identityIssued),
  eventOf('work.finished', workFinished),
  eventOf('boundary.revoked', boundaryRevoked),
  eventOf('secret.revoked', secretRevoked),
  eventOf('revocation.proven', revocationProven),
  eventOf('boundary.closed', boundaryClosed),
]);
export type EvidenceEvent = Known<z.infer<typeof evidenceEvent>>;

export type EventType = EvidenceEvent['type'];
export const EVENT_TYPES: readonly EventType[] = evidenceEvent.options.map(({ shape }) => shape.type.value);

/** The event of one type: `EventOf<'identity.issued'>`. */
export type EventOf<Type extends EventType> = Extract<EvidenceEvent, { readonly type: Type }>;

/** What the events of one type hold in `data`. */
export type EventData<Type extends EventType> = EventOf<Type>['data'];

/** An event before it has its place in the chain. */
export type EventDraft<Type extends EventType = EventType> = {
  [Each in Type]: Pick<EventOf<Each>, 'id' | 'type' | 'actor' | 'data'>;
}[Type];
