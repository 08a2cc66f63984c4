import type { EventData, EventType } from '../events/event.ts';
import type { ParsedEvent } from '../events/parse-events.ts';
import { problemText } from '../events/unreadable-event.ts';
import { oneLine } from '../command/print.ts';
import { PROOF_WORDS } from './proof-words.ts';
import { toolWords } from './tool-words.ts';

const SHOWN_CHARACTERS = 200;

/** A value of an event's data as text on one line; `?` for null. */
function shown(value: unknown): string {
  if (value === null) return '?';
  const text = oneLine(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS - 1)}…` : text;
}

const requestedWords = ({ taskType, parameters, reason, window }: EventData<'task.requested'>): string => {
  const when =
    window === undefined ? '' : `; window: from ${shown(window.opensAt)} to ${shown(window.closesAt)}`;
  return `requested ${shown(taskType)} with ${shown(parameters)}; reason: ${shown(reason)}${when}`;
};

function workWords(data: EventData<'work.finished'>): string {
  const tools = toolWords(data.tools);
  switch (data.status) {
    case 'handed-on':
      return `the run of lease ${shown(data.lease)} returned a checkpoint, and another run continues from it; ${tools}`;
    case 'failed':
      return `the work failed with ${shown(data.error)}: ${shown(data.cause)}; ${tools}`;
    case 'succeeded':
      return `the work succeeded; its result: ${shown(data.result)}; ${tools}`;
  }
}

function revokedWords({ deny }: EventData<'boundary.revoked'>): string {
  if (typeof deny === 'string') return `nothing more can be issued; the deny is ${shown(deny)}`;
  const end = shown(deny.until);
  if (deny.effective)
    return `the policy ${shown(deny.policyName)} denies everything to the session, at least until ${end}`;
  return `the deny could not be added (${shown(deny.error)}); the session ends at its own deadline, ${end}`;
}

function provenWords({ proof, leases }: EventData<'revocation.proven'>): string {
  const refusals = leases.flatMap((lease) => lease.refusals);
  const count = refusals.length === 0 ? '' : ` ${refusals.length} times`;
  return `access is gone: ${PROOF_WORDS[proof] ?? proof}${count}`;
}

const closedWords = ({ outcome, error }: EventData<'boundary.closed'>): string =>
  `the boundary is closed; the task ${shown(outcome)}${error === null ? '' : ` with ${shown(error)}`}`;

const issuedWords = ({ accessKeyId, lease, deadline }: EventData<'identity.issued'>): string =>
  `credentials ${shown(accessKeyId)} issued for lease ${shown(lease)}; their deadline is ${shown(deadline)}`;

type DataByType = { readonly [Type in EventType]: EventData<Type> };

const WORDS: { readonly [Type in EventType]: (data: DataByType[Type]) => string } = {
  'task.requested': requestedWords,
  'approval.granted': ({ person }) => `approved by ${shown(person)}`,
  'approval.refused': ({ person, reason }) => `refused by ${shown(person)}: ${shown(reason)}`,
  'approval.expired': ({ expiresAt }) =>
    `not enough people approved the task before ${shown(expiresAt)}; it will not run`,
  'task.admitted': ({ leaseSeconds }) =>
    `admitted: the grant is unchanged; each lease lasts ${shown(leaseSeconds)} s at most`,
  'task.rejected': ({ because }) => `not admitted: ${shown(because)}`,
  'task.ended': ({ person, reason }) => `ended early by ${shown(person)}: ${shown(reason)}`,
  'attempt.refused': ({ what, because }) => `${shown(what)} refused: ${shown(because)}`,
  'review.opened': ({ emergency }) =>
    `emergency without approval (${shown(emergency)}); another person must review it`,
  'review.decided': ({ decision, person, reason }) =>
    `the emergency was ${shown(decision)} by ${shown(person)}: ${shown(reason)}`,
  'secret.issued': ({ name, kind }) =>
    `the secret ${shown(name)} (${shown(kind)}) was made for this task only`,
  'identity.issued': issuedWords,
  'work.finished': workWords,
  'boundary.revoked': revokedWords,
  'secret.revoked': ({ name }) => `the secret ${shown(name)} was destroyed`,
  'revocation.proven': provenWords,
  'boundary.closed': closedWords,
};

type TypeAndData<Type extends EventType> = {
  [Each in Type]: { readonly type: Each; readonly data: DataByType[Each] };
}[Type];

const wordsOf = <Type extends EventType>({ type, data }: TypeAndData<Type>): string => WORDS[type](data);

/** An event in one sentence of visible text; or that it cannot be read, and why. */
export const eventWords = (entry: ParsedEvent): string =>
  'event' in entry ? wordsOf(entry.event) : `its data cannot be read: ${shown(problemText(entry.fault))}`;
