import { columns, oneLine } from 'taskbound-evidence/command/print';
import { jsonText, visible } from 'taskbound-evidence/display/visible';
import type { RunReport } from './run-report.ts';
import { PROOF_WORDS } from 'taskbound-evidence/timeline/proof-words';

function boundaryText({ phase, proof }: RunReport): string {
  if (phase === 'closed' && proof !== null) return `closed, proven: ${PROOF_WORDS[proof] ?? proof}`;
  return `NOT PROVEN CLOSED (phase ${phase ?? 'unknown'}); its credentials expire at their deadline`;
}

function outcomeText({ outcome, executionStatus }: RunReport): string {
  return outcome ?? `not known (execution ${executionStatus ?? 'not readable'})`;
}

/** The result of a run as text. */
export function renderRun(report: RunReport): string {
  const rows = [
    ['Task', visible(report.boundaryId)],
    ['Outcome', outcomeText(report)],
    ...(report.error === null ? [] : [['Error', oneLine(report.error)]]),
    ...(report.result === null ? [] : [['Result', jsonText(report.result)]]),
    ['Boundary', boundaryText(report)],
    ...(report.evidenceFile === null ? [] : [['Evidence', visible(report.evidenceFile)]]),
  ];
  return columns(rows);
}
