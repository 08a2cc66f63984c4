import type { ChainedEvent, EvidenceBundle } from '../chain/evidence.ts';
import type { Verification } from '../signature/verify.ts';
import { columns } from '../command/print.ts';
import { visible } from '../display/visible.ts';
import type { ParsedEvents } from '../events/parse-events.ts';
import { eventWords } from './event-words.ts';
import { showInJson, showOnScreen, type ShowValue } from './show-value.ts';

/** An event of a chain, and a sentence that describes it. */
export interface DescribedEvent {
  readonly event: ChainedEvent;
  readonly summary: string;
}

/** Describes every event of a bundle for a screen, including those that cannot be parsed. `entries`: the same events, parsed. */
export const describeEvents = (
  { events }: Pick<EvidenceBundle, 'events'>,
  { entries }: ParsedEvents,
  show: ShowValue = showOnScreen,
): DescribedEvent[] =>
  entries.flatMap((entry, index) => {
    const event = events[index];
    return event === undefined ? [] : [{ event, summary: eventWords(entry, show) }];
  });

/** The fields of `show --json` that describe the events. Scripts rely on them. */
export const timelineOf = (bundle: EvidenceBundle, parsed: ParsedEvents) => ({
  boundaryId: bundle.boundaryId,
  taskId: bundle.taskId,
  events: describeEvents(bundle, parsed, showInJson).map(({ event, summary }) => ({
    seq: event.seq,
    at: event.at,
    type: event.type,
    actor: event.actor,
    summary,
    data: event.data,
  })),
});

/** The actor without the prefix of its ARN. A role session is named by role and session name: `Requesters/ann`. */
export const actorWords = (actor: string): string =>
  actor.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:(assumed-role\/)?/, '');

function chainWords({ fault, events, keyId }: Verification): string {
  if (fault !== null) return `Chain: BROKEN: ${visible(fault)}. Do not rely on this record.\n`;
  const holds = `Chain: the hashes of all ${events} events are valid`;
  return keyId === null
    ? `${holds}. (Not signed yet, so missing events at the end cannot be detected.)\n`
    : `${holds}; the last event is signed with the key ${keyId} (check that it is your stack's key with taskbound verify --key).\n`;
}

/** The events of a task, one line each: time (UTC), type, actor, a sentence. */
export function renderTimeline(
  bundle: EvidenceBundle,
  parsed: ParsedEvents,
  verification: Verification,
  phase: string | null,
): string {
  const rows = describeEvents(bundle, parsed).map(({ event, summary }) => [
    visible(event.at.slice(11, 23)),
    visible(event.type),
    visible(actorWords(event.actor)),
    summary,
  ]);
  const day = bundle.events[0]?.at.slice(0, 10);
  const heading = [
    visible(bundle.boundaryId),
    ...(phase === null ? [] : [`phase ${visible(phase)}`]),
    ...(day === undefined ? [] : [`${visible(day)} (UTC)`]),
  ];
  return `${heading.join(', ')}\n${columns(rows)}${chainWords(verification)}`;
}
