import type { KeyObject } from 'node:crypto';
import { makeBundle } from '../chain/bundle.ts';
import type { ChainedEvent, SignedHead } from '../chain/evidence.ts';
import { verifyBundle } from '../signature/verify.ts';

/** Where a look-up leads: to an event of a boundary, by the index or by the name of a secret. */
export interface Pointer {
  readonly boundaryId: string;
  /** The event's number, where the index gives it. */
  readonly seq?: number;
  /** Whether an event is the one that was looked for. */
  readonly matches: (event: ChainedEvent) => boolean;
}

/** What the tables contain about a boundary. */
export interface Recorded {
  readonly events: readonly ChainedEvent[];
  readonly signed?: SignedHead;
  /** Whether the boundary is closed in the ledger. Its evidence is signed before that. */
  readonly closed: boolean;
}

/** The result of a look-up, checked against the boundary's evidence. */
export interface Found {
  readonly event?: ChainedEvent;
  /** Whether the stack's key signed the chain of the event. An open boundary and a review are not signed. */
  readonly signed?: boolean;
  /** Why the evidence does not confirm the look-up; absent when it does. */
  readonly fault?: string;
}

export const NO_EVIDENCE = 'it has no evidence';

/** An index alone proves nothing: the chain must hold, contain the event, and be signed by the stack's key once it is closed. */
export function confirmMatch(
  { boundaryId, seq, matches: means }: Pointer,
  recorded: Recorded,
  key: KeyObject,
): Found {
  const { events, signed } = recorded;
  if (events.length === 0) return { fault: NO_EVIDENCE };
  const event = events.find((each) => (seq === undefined || each.seq === seq) && means(each));
  const fault = faultIn(boundaryId, recorded, key);
  if (fault !== undefined) return { ...(event && { event }), fault: `its evidence does not hold: ${fault}` };
  if (event !== undefined) return { event, signed: signed !== undefined };
  return { fault: seq === undefined ? 'none of its events matches' : `its event ${seq} does not match` };
}

/** A writer to the table could also cut off the end of a closed chain and its signature, and the chain would look open. So the ledger is compared too. */
function faultIn(
  boundaryId: string,
  { events, signed, closed }: Recorded,
  key: KeyObject,
): string | undefined {
  const bundle = makeBundle(boundaryId, events, signed);
  const { fault } = verifyBundle(bundle, signed === undefined ? undefined : key);
  if (fault !== null) return fault;
  if (!closed || signed !== undefined) return undefined;
  return `the ledger has it as closed, but it ends with ${events.at(-1)?.type} and is not signed`;
}
