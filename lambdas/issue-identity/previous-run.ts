import * as z from 'zod';
import { digestOf } from 'taskbound-evidence/canonical-json/digest';
import { PhasePassed, WorkContractViolation } from '../../core/shared/errors.ts';
import type { Json } from 'taskbound-evidence/events/event';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { IssuedLease, LeaseRecord } from '../../core/ledger/lease-record.ts';
import type { issueIdentityEvent } from '../../core/work/step-events.ts';
import { CHECKPOINT_BYTES, toolsUsed } from '../../core/work/work.ts';
import type { EvidenceLog } from '../control/evidence/evidence-log.ts';
import { storageFault } from '../control/evidence/storable.ts';
import { toolUses } from '../control/evidence/tool-uses.ts';

type Event = z.infer<typeof issueIdentityEvent>;

/** The lease of the previous run; undefined before the first run. */
export function previousLease(row: LedgerRow, after: string | null): LeaseRecord | undefined {
  if (after === null) return undefined;
  const lease = row.leases.find((each) => each.sessionVersionId === after);
  if (lease) return lease;
  throw new PhasePassed(
    `No identity for ${row.boundaryId}: the previous session has the version ${after}, and no lease of the row has it. Only the state MoreToDo asks for another lease.`,
  );
}

/**
 * The lease that was already issued for the next run: a repeated call gets it, and a new run never gets the
 * lease of an earlier run.
 */
export const issuedLeaseAfter = (row: LedgerRow, before: LeaseRecord | undefined): IssuedLease | undefined =>
  row.leases.find(
    (lease): lease is IssuedLease => lease.state === 'issued' && lease.after === before?.number,
  );

const handedOn = z.strictObject({ checkpoint: z.json(), tools: toolsUsed.optional() });
type HandedOn = z.infer<typeof handedOn>;

/**
 * The checkpoint and tool uses that a run returned, or `WorkContractViolation`: functions without our runtime
 * may break the contract. They go through execution state and evidence like a result, and have the same
 * limits.
 */
function assertHandedOn({ boundaryId, checkpoint, tools }: Event): HandedOn {
  const violated = (what: string, next: string): never => {
    throw new WorkContractViolation(`The work of ${boundaryId} returned ${what}. ${next}`);
  };
  const fault = storageFault({ checkpoint, tools });
  if (fault !== undefined)
    violated(
      `an answer that has ${fault}, which cannot be kept as it is`,
      'Return text of whole characters.',
    );
  const parsed = handedOn.safeParse({ checkpoint, ...(tools !== null && { tools }) });
  if (!parsed.success)
    return violated(
      `a value that does not match the work contract: ${z.prettifyError(parsed.error)}`.slice(
        0,
        FAULT_CHARACTERS,
      ),
      'It must return { done: false, checkpoint, tools? }.',
    );
  const bytes = Buffer.byteLength(JSON.stringify(checkpoint));
  if (bytes > CHECKPOINT_BYTES)
    violated(
      `a checkpoint of ${bytes} bytes; at most ${CHECKPOINT_BYTES} are allowed`,
      'Write it where the task may write, and return its name.',
    );
  return parsed.data;
}
const FAULT_CHARACTERS = 800;

/**
 * Records that a run ended with a checkpoint, with the calls that it reported. This comes before any decision
 * about the next lease, so the evidence has it even if there is none. Returns the checkpoint.
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
