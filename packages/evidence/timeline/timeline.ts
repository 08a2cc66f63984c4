import type { EvidenceBundle } from '../chain/evidence.ts';
import type { Verification } from '../signature/verify.ts';
import { columns, visible } from '../command/print.ts';
import { eventWords } from './event-words.ts';

/** `show --json`, apart from what is known of the chain; scripts rely on these fields. */
export const timelineOf = (bundle: EvidenceBundle) => ({
  boundaryId: bundle.boundaryId,
  taskId: bundle.taskId,
  events: bundle.events.map((event) => ({
    seq: event.seq,
    at: event.at,
    type: event.type,
    actor: event.actor,
    summary: eventWords(event),
    data: event.data,
  })),
});

/** A role session is known by its role and name: `Requesters/ann` */
export const actorWords = (actor: string): string =>
  visible(actor.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:(assumed-role\/)?/, ''));

function chainWords({ fault, events, keyId }: Verification): string {
  if (fault !== null) return `Chain: BROKEN: ${visible(fault)}. Do not rely on this record.\n`;
  const holds = `Chain: the hashes of all ${events} events hold`;
  return keyId === null
    ? `${holds}. (Nothing is signed yet: cut-off events would not show.)\n`
    : `${holds}; their head is signed with the key ${keyId} (taskbound verify --key pins it).\n`;
}

/** The events of a task, one line each: time (UTC), event, actor, plain words. */
export function renderTimeline(
  bundle: EvidenceBundle,
  verification: Verification,
  phase: string | null,
): string {
  const rows = bundle.events.map((event) => [
    event.at.slice(11, 23),
    event.type,
    actorWords(event.actor),
    eventWords(event),
  ]);
  const day = bundle.events[0]?.at.slice(0, 10);
  const heading = [
    visible(bundle.boundaryId),
    ...(phase === null ? [] : [`phase ${phase}`]),
    ...(day === undefined ? [] : [`${day} (UTC)`]),
  ];
  return `${heading.join(', ')}\n${columns(rows)}${chainWords(verification)}`;
}
