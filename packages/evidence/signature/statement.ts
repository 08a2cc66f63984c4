import { canonicalJson } from '../canonical-json/digest.ts';
import type { ChainedEvent } from '../chain/evidence.ts';
import type { EventType, Json } from '../events/event.ts';
import { parseBoundaryId } from '../names/ids.ts';

/** https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
/** https://github.com/in-toto/attestation/blob/main/spec/v1/envelope.md */
export const STATEMENT_PAYLOAD_TYPE = 'application/vnd.in-toto+json';
/** Version 1 of the facts below. Facts in another form need another name. */
const PREDICATE_TYPE = 'urn:taskbound:evidence:v1';

/** A signed statement: which chain it is about, and the facts in the chain. */
export interface Statement {
  readonly _type: typeof STATEMENT_TYPE;
  /** The boundary, and the hash of its last event, which covers all events before it. */
  readonly subject: readonly [{ readonly name: string; readonly digest: { readonly sha256: string } }];
  readonly predicateType: typeof PREDICATE_TYPE;
  readonly predicate: Readonly<Record<string, Json>>;
}

/** Raw data, whatever its form: the signed bytes depend on it. */
const datum = (event: ChainedEvent | undefined, name: string): Json => event?.data[name] ?? null;

/** The named fields of an event's data. A missing field is null. */
const pick = (event: ChainedEvent | undefined, ...names: readonly string[]): Record<string, Json> =>
  Object.fromEntries(names.map((name) => [name, datum(event, name)]));

/**
 * The statement about a closed chain. It depends only on the events, so anyone who has the events can compute
 * it again and compare it byte for byte, without trusting it.
 */
export function statementOf(boundaryId: string, events: readonly ChainedEvent[]): Statement {
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name: boundaryId, digest: { sha256: events.at(-1)?.hash ?? '' } }],
    predicateType: PREDICATE_TYPE,
    predicate: factsOf(boundaryId, events),
  };
}

function factsOf(boundaryId: string, events: readonly ChainedEvent[]): Record<string, Json> {
  const of = (type: EventType) => events.filter((event) => event.type === type);
  const [requested] = of('task.requested');
  const [closed] = of('boundary.closed');
  const parsed = parseBoundaryId(boundaryId);
  return {
    taskType: parsed?.taskType ?? null,
    taskId: parsed?.taskId ?? null,
    requestedAt: requested?.at ?? null,
    closedAt: closed?.at ?? null,
    ...pick(requested, 'requester', 'requestDigest', 'grantDigest'),
    ...pick(closed, 'outcome', 'error', 'proof'),
    approvals: of('approval.granted').map((event) => pick(event, 'person', 'grantDigest')),
    leases: of('identity.issued').map((event) =>
      pick(event, 'lease', 'accessKeyId', 'deadline', 'policyDigest'),
    ),
    secrets: secretsOf(of('secret.issued'), of('secret.revoked')),
    events: events.length,
  };
}

function secretsOf(issued: readonly ChainedEvent[], revoked: readonly ChainedEvent[]): Json[] {
  const revokedNames = new Set(revoked.map((event) => datum(event, 'name')));
  return issued.map((event) => ({
    ...pick(event, 'name', 'kind', 'secretName'),
    revoked: revokedNames.has(datum(event, 'name')),
  }));
}

/** The exact bytes that are signed as payload: RFC 8785 canonical JSON. */
export const statementPayload = (statement: Statement): Buffer => Buffer.from(canonicalJson(statement));
