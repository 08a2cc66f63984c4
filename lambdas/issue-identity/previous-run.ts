import * as z from 'zod';
import { digestOf } from 'taskbound-evidence/canonical-json/digest';
import { PhasePassed, WorkContractViolation } from '../../core/shared/errors.ts';
import type { Json } from 'taskbound-evidence/chain/evidence';
import type { IssuedLease, LeaseRecord } from '../../core/ledger/lease-record.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { issueIdentityEvent } from '../../core/work/step-events.ts';
import { CHECKPOINT_BYTES, toolsUsed } from '../../core/work/work.ts';
import type { EvidenceLog } from '../control/evidence/evidence-log.ts';
import { storageFault } from '../control/evidence/storable.ts';
import { toolUses } from '../control/evidence/tool-uses.ts';

type Event = z.infer<typeof issueIdentityEvent>;

/** The lease of the run before the one that identity is asked for; undefined before the first run. */
export function previousLease(row: LedgerRow, after: string | null): LeaseRecord | undefined {
  if (after === null) return undefined;
  const lease = row.leases.find((each) => each.sessionVersionId === after);
  if (lease) return lease;
  throw new PhasePassed(
    `No identity for ${row.boundaryId}: it would follow a lease whose session has the version ${after}, and the row has none such. Only the state MoreToDo asks for another lease.`,
  );
}

/** The lease that stands for the next run: a repeated call gets that one, and a new run never gets an old one's. */
export const issuedLeaseAfter = (row: LedgerRow, before: LeaseRecord | undefined): IssuedLease | undefined =>
  row.leases.find(
    (lease): lease is IssuedLease => lease.state === 'issued' && lease.after === before?.number,
  );

const handedOn = z.strictObject({ checkpoint: z.json(), tools: toolsUsed.optional() });
type HandedOn = z.infer<typeof handedOn>;

/**
 * What a run handed on, or `WorkContractViolation`: the runtime keeps to the contract, other functions may not. It goes through execution
 * state and evidence like a result, so it is bounded like one.
 */
function assertHandedOn({ boundaryId, checkpoint, tools }: Event): HandedOn {
  const violated = (what: string, next: string): never => {
    throw new WorkContractViolation(`The work of ${boundaryId} handed on ${what}. ${next}`);
  };
  const fault = storageFault({ checkpoint, tools });
  if (fault !== undefined)
    violated(
      `an answer that has ${fault}, which cannot be kept as it is`,
      'Hand on texts of whole characters.',
    );
  const parsed = handedOn.safeParse({ checkpoint, ...(tools !== null && { tools }) });
  if (!parsed.success)
    return violated(
      `what the contract does not know: ${z.prettifyError(parsed.error)}`.slice(0, FAULT_CHARACTERS),
      'It must return { done: false, checkpoint, tools? }.',
    );
  const bytes = Buffer.byteLength(JSON.stringify(checkpoint));
  if (bytes > CHECKPOINT_BYTES)
    violated(
      `a checkpoint of ${bytes} bytes; at most ${CHECKPOINT_BYTES} are carried`,
      'Write it where the task may write, and hand on its name.',
    );
  return parsed.data;
}
const FAULT_CHARACTERS = 800;

/**
 * Says in the evidence that a run ended by handing on, with the calls that it says it made: before anything is decided about the next
 * lease, so that it stands there also when there is no next one. Returns the checkpoint.
 */
export async function recordPreviousRun(
  row: LedgerRow,
  lease: LeaseRecord,
  event: Event,
  evidence: EvidenceLog,
): Promise<Json> {
  const { checkpoint, tools } = assertHandedOn(event);
  await evidence.append(row.boundaryId, (before) => ({
    id: `work.finished:${lease.number}`,
    type: 'work.finished',
    actor: 'issue-identity',
    data: {
      status: 'handed-on',
      lease: lease.number,
      checkpointDigest: digestOf(checkpoint),
      tools: toolUses(tools, before),
    },
  }));
  return checkpoint;
}
