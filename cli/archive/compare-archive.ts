import type { KeyObject } from 'node:crypto';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { bundleText, makeBundle } from 'taskbound-evidence/chain/bundle';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import type { ArchiveReader } from './archive-reader.ts';
import { isCredentialError } from '../../client/caller/caller-error.ts';
import { valueOrFault } from '../connection/value-or-fault.ts';
import type { StackRecords } from '../../client/stack/stack-records.ts';

/** How the archive's copy of one boundary compares with the table as it is now. */
export interface ArchiveComparison {
  readonly boundaryId: string;
  /**
   * `agrees`: the copy equals the table's evidence, byte for byte, and is signed with the stack's key. `disagrees`: it differs. `wrong`: they
   * are equal, but do not verify. `unknown`: the copy is missing, or the caller may not read it.
   */
  readonly archive: 'agrees' | 'disagrees' | 'wrong' | 'unknown';
  /** The name of AWS's error when it cannot be read; null otherwise. */
  readonly error: string | null;
  /** What else is wrong besides different bytes; null if nothing is. */
  readonly fault: string | null;
}

/** What is compared, and the key that verifies it. */
export interface ArchiveSources {
  readonly records: StackRecords;
  readonly archive: ArchiveReader;
  readonly key: KeyObject;
}

/**
 * Compares the boundaries that were requested on a day according to the table, and the copies that the archive received on that day. It
 * starts from both because neither can show what it lacks. Open boundaries have no copy yet and are left out.
 */
export async function compareDay(day: string, sources: ArchiveSources): Promise<ArchiveComparison[]> {
  const { records, archive } = sources;
  const copied = await archive.copyDays();
  const written = [...copied].flatMap(([boundaryId, writtenOn]) => (writtenOn === day ? [boundaryId] : []));
  const compared: ArchiveComparison[] = [];
  for (const boundaryId of new Set([...(await records.idsOf(day)), ...written])) {
    const found = await readRow(boundaryId, records);
    if ('fault' in found) compared.push(disagreement(boundaryId, found.fault));
    else if (found.row.phase === 'closed') compared.push(await compareOne(boundaryId, sources));
    else if (copied.has(boundaryId))
      compared.push(
        disagreement(
          boundaryId,
          `its phase in the ledger is ${found.row.phase}, and an open boundary has no copy`,
        ),
      );
  }
  return compared;
}

const disagreement = (boundaryId: string, fault: string | null): ArchiveComparison => ({
  boundaryId,
  archive: 'disagrees',
  error: null,
  fault,
});

/** The boundary's row, read consistently, or what is wrong with it. */
async function readRow(
  boundaryId: string,
  records: StackRecords,
): Promise<{ row: LedgerRow } | { fault: string }> {
  return valueOrFault('its ledger item is not a valid row', async () => {
    const row = await records.row(boundaryId);
    return row === undefined ? { fault: 'the ledger has no row for it' } : { row };
  });
}

/** Compares the copy of a closed boundary. */
export async function compareOne(
  boundaryId: string,
  { records, archive, key }: ArchiveSources,
): Promise<ArchiveComparison> {
  try {
    const found = await valueOrFault('its evidence contains an invalid event', async () => {
      const { events, signed } = await records.evidence(boundaryId);
      return { bundle: makeBundle(boundaryId, events, signed) };
    });
    // A copy cannot agree with invalid evidence.
    if ('fault' in found) return disagreement(boundaryId, found.fault);
    const { bundle } = found;
    if (!(await archive.has(boundaryId, Buffer.from(bundleText(bundle)))))
      return disagreement(boundaryId, null);
    const { fault } = verifyBundle(bundle, key);
    return { boundaryId, archive: fault === null ? 'agrees' : 'wrong', error: null, fault };
  } catch (error) {
    if (!(error instanceof S3ServiceException) || isCredentialError(error)) throw error;
    return { boundaryId, archive: 'unknown', error: error.name, fault: null };
  }
}
