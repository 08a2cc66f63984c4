import type { ControlsMap } from '../../controls/controls.ts';
import type { ControlStatus } from '../../controls/control.ts';
import { columns, oneLine } from '../print.ts';

const STATUS_WORDS: Readonly<Record<ControlStatus, string>> = {
  evidence: 'evidence',
  partial: 'in part',
  nothing: 'says nothing',
  contradicted: 'CONTRADICTED',
};

function controlText({ control, title, status, says, events }: ControlsMap['controls'][number]): string {
  const cited = events
    .map(({ seq, type, says: what }) => `    event ${seq} ${type}: ${oneLine(what)}\n`)
    .join('');
  return `${control}  ${title}: ${STATUS_WORDS[status]}\n  ${oneLine(says)}\n${cited}`;
}

/** The map for a person: each control with what it rests on, then those that no task says anything about. */
export function renderControls({ boundaryId, headHash, controls, nothing }: ControlsMap): string {
  return `${boundaryId}, as far as event ${headHash}

${controls.map(controlText).join('\n')}
It says nothing about:
${columns(nothing.map(({ control, title, because }) => [`  ${control}`, title, because]))}
The signature was not checked here: see taskbound verify.
`;
}
