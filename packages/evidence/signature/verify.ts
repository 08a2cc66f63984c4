import type { KeyObject } from 'node:crypto';
import type * as z from 'zod';
import { keyIdOf, verifyEnvelope, type DsseEnvelope } from './dsse.ts';
import { publicKeyPem, readPublicKey } from './evidence-key.ts';
import { chainFault, evidenceBundle, type EvidenceBundle, type ChainedEvent } from '../chain/evidence.ts';
import { parseBoundaryId } from '../names/ids.ts';
import { isLowS } from './low-s.ts';
import { canonicalFault } from '../canonical-json/canonical-json-check.ts';
import { reviewedBy } from '../names/review-id.ts';
import { STATEMENT_PAYLOAD_TYPE, statementOf, statementPayload } from './statement.ts';

/** A task with 100 leases has about 300 events. Refused attempts add some. */
export const MAX_EVENTS = 10_000;

/** The result of verifying a bundle. */
export interface Verification {
  /**
   * `verified`: chain and signature are valid, and the signature is by the pinned key. `consistent`: nothing
   * in it is contradictory, but no key was pinned, so the author of the bundle may have forged all of it.
   * `wrong`: see `fault`.
   */
  readonly verdict: 'verified' | 'consistent' | 'wrong';
  /** The first fault, or null. */
  readonly fault: string | null;
  readonly boundaryId: string | null;
  /** How many events the bundle has. */
  readonly events: number;
  /** Hash of the last event. Null if the bundle does not match the schema. */
  readonly headHash: string | null;
  /**
   * Id of the signing key: lower-case hex SHA-256 of its SubjectPublicKeyInfo. Null if the bundle is not
   * signed.
   */
  readonly keyId: string | null;
}

/**
 * Checks a bundle, given as parsed JSON, without any other source. With `pinned`, a bundle is `verified` only
 * if that key signed it. The bundle of an open task is not signed, so it is `wrong` in that case.
 */
export function verifyBundle(value: unknown, pinned?: KeyObject): Verification {
  const formFault = canonicalFault(value);
  if (formFault !== undefined) return wrongBundle(formFault);
  if (tooManyEvents(value)) return wrongBundle(`it has more than ${MAX_EVENTS} events`);
  const parsed = evidenceBundle.safeParse(value);
  if (!parsed.success) return wrongBundle(`it does not match the schema: ${firstIssue(parsed.error)}`);
  const bundle = parsed.data;
  const fault = faultIn(bundle, pinned);
  const facts = {
    boundaryId: bundle.boundaryId,
    events: bundle.events.length,
    headHash: bundle.events.at(-1)?.hash ?? null,
    keyId: bundle.envelope?.signatures[0]?.keyid ?? null,
  };
  if (fault !== undefined) return { verdict: 'wrong', fault, ...facts };
  return { verdict: pinned === undefined ? 'consistent' : 'verified', fault: null, ...facts };
}

/** The result for a bundle of which only the fault is known. */
export const wrongBundle = (fault: string): Verification => ({
  verdict: 'wrong',
  fault,
  boundaryId: null,
  events: 0,
  headHash: null,
  keyId: null,
});

const tooManyEvents = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'events' in value &&
  Array.isArray(value.events) &&
  value.events.length > MAX_EVENTS;

/** The path and message of the first issue. For a union, zod reports only that no member matches. */
export function firstIssue({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'not readable'}`;
}

function faultIn(bundle: EvidenceBundle, pinned: KeyObject | undefined): string | undefined {
  const { boundaryId, taskId, events, envelope, publicKey } = bundle;
  if (taskIdOf(boundaryId) !== taskId)
    return `its boundaryId ${JSON.stringify(boundaryId)} does not belong to the taskId ${JSON.stringify(taskId)}`;
  if (events.length === 0) return 'it has no events';
  return (
    chainFault(boundaryId, events) ??
    (envelope === null
      ? unsignedFault(events, publicKey, pinned)
      : signatureFault({ boundaryId, events, envelope, publicKey }, pinned))
  );
}

/** The review of an emergency has its own chain, with an id derived from its task. It is never signed. */
const taskIdOf = (boundaryId: string): string | undefined =>
  reviewedBy(boundaryId) === undefined ? parseBoundaryId(boundaryId)?.taskId : boundaryId;

const isClosed = (events: readonly ChainedEvent[]): boolean => events.at(-1)?.type === 'boundary.closed';

function unsignedFault(
  events: readonly ChainedEvent[],
  publicKey: string | null,
  pinned: KeyObject | undefined,
): string | undefined {
  if (publicKey !== null) return 'it has a public key but no signature';
  if (isClosed(events)) return 'its boundary is closed, but it is not signed: the envelope is missing';
  if (pinned === undefined) return undefined;
  return `its boundary is not closed, so it is not signed yet; its last event is ${events.at(-1)?.type}`;
}

interface Signed extends Pick<EvidenceBundle, 'boundaryId' | 'events' | 'publicKey'> {
  readonly envelope: DsseEnvelope;
}

function signatureFault(signed: Signed, pinned: KeyObject | undefined): string | undefined {
  const { boundaryId, events, envelope, publicKey } = signed;
  if (!isClosed(events))
    return `it is signed, but event ${events.length} (${events.at(-1)?.type}) is not boundary.closed: events are missing at its end`;
  if (publicKey === null) return 'it is signed, but its public key is missing';
  const key = readPublicKey(publicKey);
  if (typeof key === 'string') return `its public key cannot be used: ${key}`;
  if (publicKeyPem(key) !== publicKey) return 'its public key is not in the canonical form';
  return (
    envelopeFault(envelope, keyIdOf(key)) ??
    pinFault(key, pinned) ??
    payloadFault(boundaryId, events, envelope) ??
    (verifyEnvelope(envelope, key) ? undefined : 'its signature is not valid for its public key')
  );
}

function envelopeFault({ payloadType, signatures }: DsseEnvelope, keyId: string): string | undefined {
  if (payloadType !== STATEMENT_PAYLOAD_TYPE)
    return `its envelope has the payload type ${JSON.stringify(payloadType)}, not ${STATEMENT_PAYLOAD_TYPE}`;
  if (signatures.length !== 1)
    return `its envelope has ${signatures.length} signatures; exactly one is allowed`;
  const [{ keyid, sig } = { keyid: '', sig: '' }] = signatures;
  if (keyid !== keyId) return "its signature's key id is not the id of its public key";
  return isLowS(Buffer.from(sig, 'base64')) ? undefined : 'its signature is not in the canonical form';
}

function pinFault(key: KeyObject, pinned: KeyObject | undefined): string | undefined {
  if (pinned === undefined || keyIdOf(pinned) === keyIdOf(key)) return undefined;
  return `it is signed with the key ${keyIdOf(key)}, not with the pinned key ${keyIdOf(pinned)}`;
}

/**
 * The statement depends only on the events, so it is computed again and compared. Nothing in it needs to be
 * trusted.
 */
function payloadFault(
  boundaryId: string,
  events: readonly ChainedEvent[],
  envelope: DsseEnvelope,
): string | undefined {
  const expected = statementPayload(statementOf(boundaryId, events)).toString('base64');
  return envelope.payload === expected ? undefined : 'its signed statement is not about these events';
}
