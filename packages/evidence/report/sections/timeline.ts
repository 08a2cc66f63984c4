import type { ChainedEvent } from '../../chain/evidence.ts';
import { actorWords, type DescribedEvent } from '../../timeline/timeline.ts';
import { code, html, jsonBlock, shown, theirs, type Html } from '../html.ts';
import { details, facts } from '../parts.ts';
import { between, duration, utc } from '../time.ts';

const BAD: ReadonlySet<string> = new Set([
  'task.rejected',
  'approval.refused',
  'approval.expired',
  'attempt.refused',
  'task.ended',
]);
const KEY: ReadonlySet<string> = new Set(['identity.issued', 'revocation.proven', 'boundary.closed']);

const weight = ({ type }: ChainedEvent): string =>
  BAD.has(type) ? 'against' : KEY.has(type) ? 'key' : 'usual';

function item({ event, summary }: DescribedEvent, firstAt: string): Html {
  const since = between(firstAt, event.at);
  return html`<li id="event-${event.seq}" class="event ${weight(event)}">
    <p class="when">
      <time datetime="${event.at}">${utc(event.at)}</time> <span class="since">+${duration(since)}</span>
    </p>
    <div>
      <h3><span class="seq">${event.seq}</span> ${event.type}</h3>
      <p><bdi class="theirs">${shown(summary, 1200)}</bdi></p>
      <p class="muted">by ${theirs(actorWords(event.actor), 200)}</p>
      ${details(
        html`Full event ${event.seq}`,
        html`${facts([
          ['Written by', code(event.actor)],
          ['Id', code(event.id)],
          ['Hash', code(event.hash)],
        ])}${jsonBlock(`Data of event ${event.seq}`, event.data)}`,
      )}
    </div>
  </li>`;
}

/** Every event in the order of the chain, with its raw data. */
export function timeline(events: readonly DescribedEvent[]): Html {
  const [first] = events;
  if (first === undefined) return html`<p>The record has no events.</p>`;
  return html`<p>
      Times are in UTC, from the clocks of the functions that wrote the events. The time since the first event
      is shown with each of them.
    </p>
    <ol class="timeline">
      ${events.map((each) => item(each, first.event.at))}
    </ol>`;
}
