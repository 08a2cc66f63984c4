import { columns, oneLine, visible } from '../print.ts';
import type { RunReport } from '../run-report.ts';

/** How it is known that access is gone, in words. */
export const PROOF_WORDS: Readonly<Record<string, string>> = {
  refused: "the task's own credential was used and refused",
  'nothing-issued': 'no credential was ever issued',
  expired: 'a credential that nobody could present has passed its deadline',
};

function boundaryWords({ phase, proof }: RunReport): string {
  if (phase === 'closed' && proof !== null) return `closed, proven: ${PROOF_WORDS[proof] ?? proof}`;
  return `NOT PROVEN CLOSED (phase ${phase ?? 'unknown'}); its credentials end at their deadline`;
}

function outcomeWords({ outcome, executionStatus }: RunReport): string {
  return outcome ?? `not known (execution ${executionStatus ?? 'not readable'})`;
}

/** What became of a task, for a person. */
export function renderRun(report: RunReport): string {
  const rows = [
    ['Task', report.boundaryId],
    ['Outcome', outcomeWords(report)],
    ...(report.error === null ? [] : [['Error', oneLine(report.error)]]),
    ...(report.result === null ? [] : [['Result', visible(JSON.stringify(report.result))]]),
    ['Boundary', boundaryWords(report)],
    ...(report.evidenceFile === null ? [] : [['Evidence', report.evidenceFile]]),
  ];
  return columns(rows);
}
