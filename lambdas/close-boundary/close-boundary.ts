import type { z } from 'zod';
import { archiveKey, bundleText, makeBundle, type ArchiveState } from 'taskbound-evidence/chain/bundle';
import { closedEvent } from '../../core/operations/bus-events.ts';
import type { Clock } from 'taskbound-time/clock';
import { NotProven } from '../../core/shared/errors.ts';
import { ENDED_BEFORE_WORK } from 'taskbound-evidence/names/execution-ended';
import { assertOwner, movePhase, type LedgerRow } from '../../core/ledger/ledger.ts';
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

type Proof = NonNullable<LedgerRow['proof']>;

export async function closeBoundary(
  event: z.infer<typeof closeBoundaryEvent>,
  deps: CloseDependencies,
): Promise<ClosedBoundary> {
  const row = await deps.ledger.get(event.boundaryId);
  assertOwner(row, event.boundaryId, event.executionArn);
  const proof = assertProof(row);
  for (const name of new Set(row.leases.map((lease) => lease.sessionSecretName)))
    await deps.secrets.destroy(name);
  const closed = closedBoundaryOf(row, proof);
  await deps.evidence.append(row.boundaryId, {
    id: 'boundary.closed',
    type: 'boundary.closed',
    actor: 'close-boundary',
    data: {
      outcome: closed.outcome,
      error: closed.error,
      proof: proof.kind,
      leases: row.leases.length,
      secrets: row.secrets.filter((secret) => secret.state !== 'planned').length,
    },
  });
  await signHead(row.boundaryId, deps);
  const archive = await archived(row, deps);
  if (row.phase !== 'closed')
    await close(row, { outcome: closed.outcome, ...(archive && { archive }) }, deps);
  return closed;
}

/** The chain is read again whole: what is signed is what stands in the table, not what this function believes to have written. So is a signature that stands already. */
async function signHead(boundaryId: string, { evidence, signer }: CloseDependencies): Promise<void> {
  const { events, signed } = await evidence.readSigned(boundaryId);
  if (signed !== undefined) return signer.assertOwn(boundaryId, events, signed);
  await evidence.putSignedHead(boundaryId, await signer.sign(boundaryId, events));
}

/**
 * Puts the bundle as it stands in the table, signature included, into the archive. One that disagrees does not keep the boundary open, for
 * its access is gone and no retry changes a locked object: the row says so, and an alarm.
 */
async function archived(row: LedgerRow, deps: CloseDependencies): Promise<ArchiveState | undefined> {
  const { boundaryId, stack } = row;
  if (deps.archive === undefined) return undefined;
  const { events, signed } = await deps.evidence.readSigned(boundaryId);
  const bundle = makeBundle(boundaryId, events, signed);
  const key = archiveKey(stack, boundaryId);
  const state = await deps.archive.put(key, bundleText(bundle));
  if (state === 'disagrees') {
    log('error', 'the archive has another object in the place of the evidence', { boundaryId, key });
    deps.print(metricLine(stack, deps.clock.nowMs(), 'Count', { [ARCHIVE_DISAGREES]: 1 }));
  }
  return state;
}

/**
 * The news, then the phase, with whether the news got out: a boundary that closes while EventBridge is down is announced by reconcile. In
 * this order a repetition can announce twice, and nothing is announced that this function was not about to write.
 */
async function close(
  row: LedgerRow,
  end: { readonly outcome: ClosedBoundary['outcome']; readonly archive?: ArchiveState },
  deps: CloseDependencies,
): Promise<void> {
  const closing = { ...end, closedAtMs: deps.clock.nowMs() };
  const announcedAtMs = await deps.bus.tryPut(closedEvent({ ...row, ...closing }));
  await deps.ledger.update(row.boundaryId, (now) =>
    now.phase === 'closed'
      ? now
      : { ...movePhase(now, 'closed'), ...closing, ...omitUndefined({ announcedAtMs }) },
  );
}

function assertProof(row: LedgerRow): Proof {
  if (row.proof) return row.proof;
  throw new NotProven(
    `Boundary ${row.boundaryId} is ${row.phase} and has no proof that access is gone; it is not closed.`,
  );
}

function closedBoundaryOf(row: LedgerRow, proof: Proof): ClosedBoundary {
  const common = { phase: 'closed', proof: proof.kind } as const;
  if (row.work?.status === 'succeeded')
    return { ...common, outcome: 'succeeded', result: row.work.result, error: null, cause: null };
  const { error, cause } = row.work ?? ENDED_BEFORE_WORK;
  return { ...common, outcome: 'failed', result: null, error, cause };
}
