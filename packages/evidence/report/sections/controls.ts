import type { Cited, ControlStatus } from '../../controls/control.ts';
import type { ControlsMap } from '../../controls/controls.ts';
import { count, html, theirs, type Html } from '../html.ts';
import { badge, details, table, type Tone } from '../parts.ts';
import type { ReportSubject } from '../subject.ts';

const STATUS: Readonly<Record<ControlStatus, { tone: Tone; word: string }>> = {
  evidence: { tone: 'good', word: 'evidence' },
  partial: { tone: 'warn', word: 'in part' },
  nothing: { tone: 'plain', word: 'no evidence' },
  contradicted: { tone: 'bad', word: 'contradicted' },
};

/** A task of a hundred leases would cite each of them for most controls. */
const MOST_CITED = 12;

/** Which events of the task are evidence for which control, and of what nothing can be said. */
export function controls({ controls: map, audit }: ReportSubject): Html {
  if (map === undefined)
    return html`<p>
      ${badge('bad', 'No evidence')} The record does not verify, so it is not evidence for any control.
    </p>`;
  return html`<p>
      The record of one task can show that a control worked once. It cannot show that the control always
      works, or that it was needed. Each number links to its event.
    </p>
    ${audit?.verdict === 'violated' ? html`<p>${badge('bad', 'The trail shows violations.')} The list below is based on the record alone.</p>` : undefined}
    <ul class="controls">
      ${map.controls.map(control)}
    </ul>
    <p class="muted">Sources: ${sourcesOf(map)}</p>
    ${details(
      `The ${map.nothing.length} other controls of the same catalogues, for which the record has no evidence`,
      table(
        html`Controls for which the task’s record has no evidence`,
        ['Control', 'Title', 'Why'],
        map.nothing.map(({ control, title, because }) => [control, title, because]),
      ),
    )}`;
}

function control({ control: id, title, status, says, events }: ControlsMap['controls'][number]): Html {
  return html`<li class="control">
    <p class="status">${badge(STATUS[status].tone, STATUS[status].word)}</p>
    <div>
      <h3>${id} <span class="title">${title}</span></h3>
      <p>${theirs(says, 2000)}</p>
      ${events.length === 0 ? undefined : details(`${count(events.length, 'event')} for ${id}`, cited(events))}
    </div>
  </li>`;
}

function cited(events: readonly Cited[]): Html {
  const more = events.length - MOST_CITED;
  return html`<ul class="cited">
    ${events
      .slice(0, MOST_CITED)
      .map(
        ({ seq, type, says }) =>
          html`<li><a href="#event-${seq}">${seq} ${type}</a>: ${theirs(says, 300)}</li>`,
      )}
    ${more > 0 ? html`<li>and ${more} more</li>` : undefined}
  </ul>`;
}

const sourcesOf = ({ controls: all }: ControlsMap): Html[] =>
  [...new Set(all.map(({ source }) => source))].map((source) => html`<a href="${source}">${source}</a> `);
