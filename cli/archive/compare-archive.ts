import type { KeyObject } from 'node:crypto';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { bundleText, makeBundle } from 'taskbound-evidence/chain/bundle';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import type { ArchiveReader } from './archive-reader.ts';
import { valueOrFault } from '../connection/value-or-fault.ts';
import type { StackRecords } from '../connection/stack-records.ts';

/** What the archive has of one boundary, compared with the table as it is now. */
export interface ArchiveComparison {
  readonly boundaryId: string;
  /**
   * `agrees`: its copy is the table's, byte for byte, and signed by the stack's key. `disagrees`: it is not the table's. `wrong`: both are the
   * same, and do not verify. `unknown`: it cannot be read, because it is missing or because the caller may not.
   */
  readonly archive: 'agrees' | 'disagrees' | 'wrong' | 'unknown';
  /** AWS's name for why it cannot be read; null when it can. */
  readonly error: string | null;
  /** What is wrong, besides that the bytes differ; null where nothing is. */
  readonly fault: string | null;
}

/** What is compared, and by whose key it is verified. */
export interface ArchiveSources {
  readonly records: StackRecords;
  readonly archive: ArchiveReader;
  readonly key: KeyObject;
}

/**
 * All that was asked for on a day, as the table has it, and all copies that were put on it, as the archive has it: neither alone can be
 * asked what it should have. What is open has no copy yet, and is left out.
 */
export async function compareDay(day: string, copies: ArchiveSources): Promise<ArchiveComparison[]> {
  const { records, archive } = copies;
  const copied = await archive.copyDays();
  const put = [...copied].flatMap(([boundaryId, on]) => (on === day ? [boundaryId] : []));
  const compared: ArchiveComparison[] = [];
  for (const boundaryId of new Set([...(await records.idsOf(day)), ...put])) {
    const found = await readRow(boundaryId, records);
    if ('fault' in found) compared.push(disagreement(boundaryId, found.fault));
    else if (found.row.phase === 'closed') compared.push(await compareOne(boundaryId, copies));
    else if (copied.has(boundaryId))
      compared.push(
        disagreement(boundaryId, `the ledger has it as ${found.row.phase}, and what is open has no copy`),
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

/** Its row, read consistently, or what the ledger has instead. */
async function readRow(
  boundaryId: string,
  records: StackRecords,
): Promise<{ row: LedgerRow } | { fault: string }> {
  return valueOrFault('what the ledger has of it is no row', async () => {
    const row = await records.row(boundaryId);
    return row === undefined ? { fault: 'the ledger has no row of it' } : { row };
  });
}

/** Compares the copy of a boundary that is closed. */
export async function compareOne(
  boundaryId: string,
  { records, archive, key }: ArchiveSources,
): Promise<ArchiveComparison> {
  try {
    const found = await valueOrFault('something in its evidence is no event', async () => {
      const { events, signed } = await records.evidence(boundaryId);
      return { bundle: makeBundle(boundaryId, events, signed) };
    });
    // With what is no evidence no copy agrees.
    if ('fault' in found) return disagreement(boundaryId, found.fault);
    const { bundle } = found;
    if (!(await archive.has(boundaryId, Buffer.from(bundleText(bundle)))))
      return disagreement(boundaryId, null);
    const { fault } = verifyBundle(bundle, key);
    return { boundaryId, archive: fault === null ? 'agrees' : 'wrong', error: null, fault };
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    return { boundaryId, archive: 'unknown', error: error.name, fault: null };
  }
}
