import type { ControlsMap } from '../../controls/controls.ts';
import type { ControlStatus } from '../../controls/control.ts';
import { visible } from '../../display/visible.ts';
import type { RecordCheck } from '../../report/verification.ts';
import { columns, oneLine } from '../print.ts';

const STATUS_WORDS: Readonly<Record<ControlStatus, string>> = {
  evidence: 'evidence',
  partial: 'partial evidence',
  nothing: 'no evidence',
  contradicted: 'CONTRADICTED',
};

/** A record that does not verify has no map. */
const RECORD_WORDS: Readonly<Record<RecordCheck['is'], string>> = {
  verified: 'verified',
  consistent: 'consistent, not verified',
  unsigned: 'not signed',
  broken: 'WRONG',
};

/** With what a reader can verify the record, when the caller did not. */
const NEXT_STEP: Readonly<Partial<Record<RecordCheck['is'], string>>> = {
  consistent: ' Give the key that you trust with --key.',
};

function controlText({ control, title, status, says, events }: ControlsMap['controls'][number]): string {
  const cited = events
    .map(({ seq, type, says: what }) => `    event ${seq} ${visible(type)}: ${oneLine(what)}\n`)
    .join('');
  return `${control}  ${title}: ${STATUS_WORDS[status]}\n  ${oneLine(says)}\n${cited}`;
}

/**
 * The map as text: whether its record is verified, each control with the events that support it, then the controls for which a task has no
 * evidence.
 */
export function renderControls(
  { boundaryId, headHash, controls, nothing }: ControlsMap,
  { is, says }: RecordCheck,
): string {
  return `${visible(boundaryId)}, up to event ${visible(headHash)}
${RECORD_WORDS[is]}: ${oneLine(says)}${NEXT_STEP[is] ?? ''}

${controls.map(controlText).join('\n')}
A task record contains no evidence for:
${columns(nothing.map(({ control, title, because }) => [`  ${control}`, title, because]))}`;
}
