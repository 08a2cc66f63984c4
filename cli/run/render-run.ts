import { columns, oneLine, visible } from 'taskbound-evidence/command/print';
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
    ['Task', report.boundaryId],
    ['Outcome', outcomeText(report)],
    ...(report.error === null ? [] : [['Error', oneLine(report.error)]]),
    ...(report.result === null ? [] : [['Result', visible(JSON.stringify(report.result))]]),
    ['Boundary', boundaryText(report)],
    ...(report.evidenceFile === null ? [] : [['Evidence', report.evidenceFile]]),
  ];
  return columns(rows);
}
