import { at } from '../events/event-data.ts';
import type { EventType, EvidenceEvent } from '../chain/evidence.ts';
import { oneLine } from '../command/print.ts';
import { PROOF_WORDS } from './proof-words.ts';
import { toolWords } from './tool-words.ts';

type Data = EvidenceEvent['data'];

const SHOWN_CHARACTERS = 200;

/** One value of an event's data as text; `?` when it is not there, because a bundle may come from anywhere. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return '?';
  const text = oneLine(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS - 1)}…` : text;
}

const windowWords = (data: Data): string =>
  at(data, 'window') === undefined
    ? ''
    : `; to run from ${shown(at(data, 'window', 'opensAt'))} to ${shown(at(data, 'window', 'closesAt'))} and not outside`;

function workWords(data: Data): string {
  const status = at(data, 'status');
  if (status === 'handed-on')
    return `the run of lease ${shown(at(data, 'lease'))} ended with more to do: another goes on from its checkpoint; ${toolWords(at(data, 'tools'))}`;
  if (status === 'failed')
    return `the work failed with ${shown(at(data, 'error'))}: ${shown(at(data, 'cause'))}; ${toolWords(at(data, 'tools'))}`;
  return `the work ${status === 'succeeded' ? 'succeeded' : `ended: ${shown(status)}`}; its result: ${shown(at(data, 'result'))}; ${toolWords(at(data, 'tools'))}`;
}

function revokedWords(data: Data): string {
  const deny = at(data, 'deny');
  if (typeof deny !== 'object' || deny === null) return `nothing may be issued any more; deny ${shown(deny)}`;
  const end = shown(at(data, 'deny', 'until'));
  if (at(data, 'deny', 'effective') === true) {
    return `everything is denied to the session by the policy ${shown(at(data, 'deny', 'policyName'))}, until ${end} at least`;
  }
  return `the deny could not be put (${shown(at(data, 'deny', 'error'))}); the session's own deadline ends it at ${end}`;
}

function provenWords(data: Data): string {
  const kind = at(data, 'proof');
  const leases = at(data, 'leases');
  const refusals = Array.isArray(leases)
    ? leases.flatMap((lease: unknown) => at(lease, 'refusals') ?? [])
    : [];
  const count = refusals.length === 0 ? '' : ` ${refusals.length} times`;
  return `access is gone: ${typeof kind === 'string' ? (PROOF_WORDS[kind] ?? shown(kind)) : '?'}${count}`;
}

const closedWords = (data: Data): string => {
  const error = at(data, 'error');
  return `the boundary is closed; the task ${shown(at(data, 'outcome'))}${typeof error === 'string' ? ` with ${shown(error)}` : ''}`;
};

const WORDS: Readonly<Record<EventType, (data: Data) => string>> = {
  'task.requested': (data) =>
    `asked for ${shown(at(data, 'taskType'))} with ${shown(at(data, 'parameters'))}, because: ${shown(at(data, 'reason'))}${windowWords(data)}`,
  'approval.granted': (data) => `approved by ${shown(at(data, 'person'))}`,
  'approval.refused': (data) => `refused by ${shown(at(data, 'person'))}: ${shown(at(data, 'reason'))}`,
  'approval.expired': (data) =>
    `not enough people approved it before ${shown(at(data, 'expiresAt'))}: it will not run`,
  'task.admitted': (data) =>
    `admitted: the grant is unchanged; each lease lasts ${shown(at(data, 'leaseSeconds'))} s at most`,
  'task.rejected': (data) => `not admitted: ${shown(at(data, 'because'))}`,
  'task.ended': (data) => `ended early by ${shown(at(data, 'person'))}: ${shown(at(data, 'reason'))}`,
  'attempt.refused': (data) => `${shown(at(data, 'what'))} refused: ${shown(at(data, 'because'))}`,
  'review.opened': (data) =>
    `ran as an emergency without approval (${shown(at(data, 'emergency'))}); somebody else must review it`,
  'review.decided': (data) =>
    `the emergency was ${shown(at(data, 'decision'))} by ${shown(at(data, 'person'))}: ${shown(at(data, 'reason'))}`,
  'secret.issued': (data) =>
    `the secret ${shown(at(data, 'name'))} (${shown(at(data, 'kind'))}) was made for this task only`,
  'identity.issued': (data) =>
    `credentials ${shown(at(data, 'accessKeyId'))} issued, lease ${shown(at(data, 'lease'))}; they end by themselves at ${shown(at(data, 'deadline'))}`,
  'work.finished': workWords,
  'boundary.revoked': revokedWords,
  'secret.revoked': (data) => `the secret ${shown(at(data, 'name'))} was destroyed`,
  'revocation.proven': provenWords,
  'boundary.closed': closedWords,
};

/** One event in one plain sentence. Everything in it is visible text. */
export const eventWords = (event: EvidenceEvent): string => WORDS[event.type](event.data);
