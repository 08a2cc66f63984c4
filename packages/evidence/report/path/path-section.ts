import { count, html, theirs, type Html } from '../html.ts';
import { details } from '../parts.ts';
import { SIGNS, STATE_WORDS, workflowPicture } from './workflow-picture.ts';
import type { StepState, WorkflowPath } from './path.ts';

const STATES = Object.keys(STATE_WORDS) as StepState[];

/** The workflow as a picture, and the same path as a list. */
export const pathSection = (of: WorkflowPath): Html =>
  html`<p>${theirs(of.says)}</p>
    <figure>
      ${workflowPicture(of)}
      <figcaption>
        ${STATES.map((state) => html`<span class="key ${state}">${SIGNS[state]} ${STATE_WORDS[state]}</span>`)}
        Each box is a state of the workflow; the thick line is the path of this task.
      </figcaption>
    </figure>
    ${details(
      'The path as a list',
      html`<ol>
          ${[...of.front, ...of.tail].map(
            ({ name, state, note }) =>
              html`<li>
                <strong>${theirs(name, 100)}</strong>: ${STATE_WORDS[state]}; ${theirs(note, 200)}
              </li>`,
          )}
        </ol>
        ${of.rounds === 0 ? undefined : html`<p>RunWork continued with a new lease ${count(of.rounds, 'time')}.</p>`}`,
    )}`;
