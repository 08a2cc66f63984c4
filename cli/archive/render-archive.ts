import type { ArchiveComparison } from './compare-archive.ts';
import { columns } from 'taskbound-evidence/command/print';
import { visible } from 'taskbound-evidence/display/visible';

const STATE_TEXTS: Readonly<Record<ArchiveComparison['archive'], string>> = {
  agrees: 'agrees with the table',
  disagrees: 'DISAGREES with the table: see ArchiveDisagrees in docs/runbook.md',
  wrong:
    "AGREES with the table, but DOES NOT VERIFY with the stack's key: see ArchiveDisagrees in docs/runbook.md",
  unknown: 'CANNOT BE READ: it is missing, or not granted',
};

export function renderArchive(compared: readonly ArchiveComparison[]): string {
  if (compared.length === 0)
    return 'No boundary was closed and no copy was written, so nothing was compared.\n';
  return columns(
    compared.map(({ boundaryId, archive, error, fault }) => {
      const because = error ?? fault;
      return [
        visible(boundaryId),
        `${STATE_TEXTS[archive]}${because === null ? '' : ` (${visible(because)})`}`,
      ];
    }),
  );
}
