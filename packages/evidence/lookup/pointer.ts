import type { KeyObject } from 'node:crypto';
import { makeBundle } from '../chain/bundle.ts';
import type { ChainedEvent, SignedHead } from '../chain/evidence.ts';
import { verifyBundle } from '../signature/verify.ts';

/** What says that an event of a boundary is the one that is looked for: the index, or a secret's name. */
export interface Pointer {
  readonly boundaryId: string;
  /** Which event, where that is known. */
  readonly seq?: number;
  /** Whether an event is the one. */
  readonly means: (event: ChainedEvent) => boolean;
}

/** What is recorded of a boundary. */
export interface Recorded {
  readonly events: readonly ChainedEvent[];
  readonly signed?: SignedHead;
  /** Whether the ledger has it as closed. It is signed before that. */
  readonly closed: boolean;
}

/** What a boundary's evidence says to a pointer. */
export interface Found {
  readonly event?: ChainedEvent;
  /** Whether the stack's key signed the chain that has the event: nobody signs what is open, or a review. */
  readonly signed?: boolean;
  /** Why the evidence does not bear the pointer out; absent when it does. */
  readonly fault?: string;
}

export const NO_EVIDENCE = 'it has no evidence';

/** Nothing that only an index says is believed: the chain must hold, be signed by the stack's key once it is closed, and have the event. */
export function follow({ boundaryId, seq, means }: Pointer, recorded: Recorded, key: KeyObject): Found {
  const { events, signed } = recorded;
  if (events.length === 0) return { fault: NO_EVIDENCE };
  const event = events.find((each) => (seq === undefined || each.seq === seq) && means(each));
  const fault = faultIn(boundaryId, recorded, key);
  if (fault !== undefined) return { ...(event && { event }), fault: `its evidence does not hold: ${fault}` };
  if (event !== undefined) return { event, signed: signed !== undefined };
  return { fault: seq === undefined ? 'no event of it says so' : `its event ${seq} does not say so` };
}

/** Whoever can write to the table can also cut a closed chain and its signature off, so that it looks open: the ledger is asked too. */
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
