import type { ControlsMap } from '../../controls/controls.ts';
import type { ControlStatus } from '../../controls/control.ts';
import { visible } from '../../display/visible.ts';
import { columns, oneLine } from '../print.ts';

const STATUS_WORDS: Readonly<Record<ControlStatus, string>> = {
  evidence: 'evidence',
  partial: 'partial evidence',
  nothing: 'no evidence',
  contradicted: 'CONTRADICTED',
};

function controlText({ control, title, status, says, events }: ControlsMap['controls'][number]): string {
  const cited = events
    .map(({ seq, type, says: what }) => `    event ${seq} ${visible(type)}: ${oneLine(what)}\n`)
    .join('');
  return `${control}  ${title}: ${STATUS_WORDS[status]}\n  ${oneLine(says)}\n${cited}`;
}

/**
 * The map as text: each control with the events that support it, then the controls for which a task has no
 * evidence.
 */
export function renderControls({ boundaryId, headHash, controls, nothing }: ControlsMap): string {
  return `${visible(boundaryId)}, up to event ${visible(headHash)}

${controls.map(controlText).join('\n')}
A task record contains no evidence for:
${columns(nothing.map(({ control, title, because }) => [`  ${control}`, title, because]))}
The signature was not verified: see taskbound verify.
`;
}
