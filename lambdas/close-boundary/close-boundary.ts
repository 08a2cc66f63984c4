import type { z } from 'zod';
import { archiveKey, bundleText, makeBundle, type ArchiveState } from 'taskbound-evidence/chain/bundle';
import { closedEvent } from '../../core/operations/bus-events.ts';
import type { Clock } from 'taskbound-time/clock';
import { NotProven } from '../../core/shared/errors.ts';
import { assertOwner } from '../../core/ledger/assert-owner.ts';
import { movePhase } from '../../core/ledger/move-phase.ts';
import { isProvenRow, type LedgerRow, type ProvenRow } from '../../core/ledger/ledger.ts';
import { wasAttempted } from '../../core/ledger/secret-record.ts';
import { ARCHIVE_DISAGREES, metricLine } from '../../core/operations/metrics.ts';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { closeBoundaryEvent, ClosedBoundary } from '../../core/work/step-events.ts';
import type { EventBus } from '../control/evidence/event-bus.ts';
import type { EvidenceLog } from '../control/evidence/evidence-log.ts';
import type { Ledger } from '../control/ledger/ledger.ts';
import { log } from '../control/function/log.ts';
import type { BundleArchive } from './bundle-archive.ts';
import type { EvidenceSigner } from './evidence-signer.ts';
import type { TaskSecrets } from '../control/secrets/secrets.ts';

export interface CloseDependencies {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly secrets: TaskSecrets;
  readonly signer: EvidenceSigner;
  readonly bus: EventBus;
  readonly clock: Clock;
  /** Writes a metric. */
  readonly print: (line: string) => void;
  /** Absent where the stack has no archive. */
  readonly archive?: BundleArchive;
}

export async function closeBoundary(
  event: z.infer<typeof closeBoundaryEvent>,
  deps: CloseDependencies,
): Promise<ClosedBoundary> {
  const row = await deps.ledger.get(event.boundaryId);
  assertOwner(row, event.boundaryId, event.executionArn);
  assertProven(row);
  for (const name of new Set(row.leases.map((lease) => lease.sessionSecretName)))
    await deps.secrets.destroy(name);
  const closed = closedBoundaryOf(row);
  await deps.evidence.append(row.boundaryId, {
    id: 'boundary.closed',
    type: 'boundary.closed',
    actor: 'close-boundary',
    data: {
      outcome: closed.outcome,
      error: closed.error,
      proof: row.proof.kind,
      leases: row.leases.length,
      secrets: row.secrets.filter(wasAttempted).length,
    },
  });
  await signHead(row.boundaryId, deps);
  const archive = await archived(row, deps);
  if (row.phase !== 'closed')
    await close(row, { outcome: closed.outcome, ...(archive && { archive }) }, deps);
  return closed;
}

/**
 * Reads the whole chain again: the signature covers what the table contains, not what this function meant to
 * write. An existing signature is checked against it.
 */
async function signHead(boundaryId: string, { evidence, signer }: CloseDependencies): Promise<void> {
  const { events, signed } = await evidence.readSigned(boundaryId);
  if (signed !== undefined) return signer.assertOwn(boundaryId, events, signed);
  await evidence.putSignedHead(boundaryId, await signer.sign(boundaryId, events));
}

/**
 * Puts the bundle, read from the table with its signature, into the archive. A different object there does
 * not keep the boundary open: its access has ended, and no retry changes a locked object. The row and an
 * alarm report it.
 */
async function archived(row: ProvenRow, deps: CloseDependencies): Promise<ArchiveState | undefined> {
  const { boundaryId, stack } = row;
  if (deps.archive === undefined) return undefined;
  const { events, signed } = await deps.evidence.readSigned(boundaryId);
  const bundle = makeBundle(boundaryId, events, signed);
  const key = archiveKey(stack, boundaryId);
  const state = await deps.archive.put(key, bundleText(bundle));
  if (state === 'disagrees') {
    log('error', 'the archive has a different object under the key of the evidence', { boundaryId, key });
    deps.print(metricLine(stack, deps.clock.nowMs(), 'Count', { [ARCHIVE_DISAGREES]: 1 }));
  }
  return state;
}

/**
 * The event, then the phase, with the time at which the event was accepted: reconcile announces a boundary
 * that closed while EventBridge was down. In this order a repetition may announce twice, and nothing is
 * announced that this function was not about to write.
 */
async function close(
  row: ProvenRow,
  end: { readonly outcome: ClosedBoundary['outcome']; readonly archive?: ArchiveState },
  deps: CloseDependencies,
): Promise<void> {
  const closing = { ...end, proof: row.proof, closedAtMs: deps.clock.nowMs() };
  const announcedAtMs = await deps.bus.tryPut(closedEvent(movePhase(row, 'closed', closing)));
  await deps.ledger.update(row.boundaryId, (now) =>
    now.phase === 'closed'
      ? now
      : movePhase(now, 'closed', { ...closing, ...omitUndefined({ announcedAtMs }) }),
  );
}

function assertProven(row: LedgerRow): asserts row is ProvenRow {
  if (isProvenRow(row)) return;
  throw new NotProven(
    `Boundary ${row.boundaryId} is ${row.phase} and has no proof that access is gone; it is not closed.`,
  );
}

function closedBoundaryOf({ work, proof }: ProvenRow): ClosedBoundary {
  const common = { phase: 'closed', proof: proof.kind } as const;
  if (work.status === 'succeeded')
    return { ...common, outcome: 'succeeded', result: work.result, error: null, cause: null };
  const { error, cause } = work;
  return { ...common, outcome: 'failed', result: null, error, cause };
}
