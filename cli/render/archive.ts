import type { Archived } from '../archive.ts';
import { columns, visible } from '../print.ts';

const WORDS: Readonly<Record<Archived['archive'], string>> = {
  agrees: 'agrees with the table',
  disagrees: 'DISAGREES with the table: see ArchiveDisagrees in docs/runbook.md',
  unknown: 'CANNOT BE READ: it is missing, or not granted',
};

export function renderArchived(compared: readonly Archived[]): string {
  if (compared.length === 0) return 'No boundary was closed, so nothing was compared.\n';
  return columns(
    compared.map(({ boundaryId, archive, error }) => [
      visible(boundaryId),
      `${WORDS[archive]}${error === null ? '' : ` (${visible(error)})`}`,
    ]),
  );
}
