import type { EventData, EventType } from '../events/event.ts';
import type { ParsedEvent } from '../events/parse-events.ts';
import { problemText } from '../events/unreadable-event.ts';
import { PROOF_WORDS } from './proof-words.ts';
import type { ShowValue } from './show-value.ts';
import { toolWords } from './tool-words.ts';

const requestedWords = (
  { taskType, parameters, reason, window }: EventData<'task.requested'>,
  shown: ShowValue,
): string => {
  const when =
    window === undefined ? '' : `; window: from ${shown(window.opensAt)} to ${shown(window.closesAt)}`;
  return `requested ${shown(taskType)} with ${shown(parameters)}; reason: ${shown(reason, 'text')}${when}`;
};

function workWords(data: EventData<'work.finished'>, shown: ShowValue): string {
  const tools = toolWords(data.tools, shown);
  switch (data.status) {
    case 'handed-on':
      return `the run of lease ${shown(data.lease)} returned a checkpoint, and another run continues from it; ${tools}`;
    case 'failed':
      return `the work failed with ${shown(data.error)}: ${shown(data.cause, 'text')}; ${tools}`;
    case 'succeeded':
      return `the work succeeded; its result: ${shown(data.result, 'text')}; ${tools}`;
  }
}

function revokedWords({ deny }: EventData<'boundary.revoked'>, shown: ShowValue): string {
  if (typeof deny === 'string') return `nothing more can be issued; the deny is ${shown(deny)}`;
  const end = shown(deny.until);
  if (deny.effective)
    return `the policy ${shown(deny.policyName)} denies everything to the session, at least until ${end}`;
  return `the deny could not be added (${shown(deny.error, 'text')}); the session ends at its own deadline, ${end}`;
}

function provenWords({ proof, leases }: EventData<'revocation.proven'>): string {
  const refusals = leases.flatMap((lease) => lease.refusals);
  const count = refusals.length === 0 ? '' : ` ${refusals.length} times`;
  return `access is gone: ${PROOF_WORDS[proof] ?? proof}${count}`;
}

const closedWords = ({ outcome, error }: EventData<'boundary.closed'>, shown: ShowValue): string =>
  `the boundary is closed; the task ${shown(outcome)}${error === null ? '' : ` with ${shown(error)}`}`;

const issuedWords = (
  { accessKeyId, lease, deadline }: EventData<'identity.issued'>,
  shown: ShowValue,
): string =>
  `credentials ${shown(accessKeyId)} issued for lease ${shown(lease)}; their deadline is ${shown(deadline)}`;

type DataByType = { readonly [Type in EventType]: EventData<Type> };

const WORDS: { readonly [Type in EventType]: (data: DataByType[Type], shown: ShowValue) => string } = {
  'task.requested': requestedWords,
  'approval.granted': ({ person }, shown) => `approved by ${shown(person)}`,
  'approval.refused': ({ person, reason }, shown) => `refused by ${shown(person)}: ${shown(reason, 'text')}`,
  'approval.expired': ({ expiresAt }, shown) =>
    `not enough people approved the task before ${shown(expiresAt)}; it will not run`,
  'task.admitted': ({ leaseSeconds }, shown) =>
    `admitted: the grant is unchanged; each lease lasts ${shown(leaseSeconds)} s at most`,
  'task.rejected': ({ because }, shown) => `not admitted: ${shown(because, 'text')}`,
  'task.ended': ({ person, reason }, shown) => `ended early by ${shown(person)}: ${shown(reason, 'text')}`,
  'attempt.refused': ({ what, because }, shown) => `${shown(what)} refused: ${shown(because, 'text')}`,
  'review.opened': ({ emergency }, shown) =>
    `emergency without approval (${shown(emergency, 'text')}); another person must review it`,
  'review.decided': ({ decision, person, reason }, shown) =>
    `the emergency was ${shown(decision)} by ${shown(person)}: ${shown(reason, 'text')}`,
  'secret.issued': ({ name, kind }, shown) =>
    `the secret ${shown(name)} (${shown(kind)}) was made for this task only`,
  'identity.issued': issuedWords,
  'work.finished': workWords,
  'boundary.revoked': revokedWords,
  'secret.revoked': ({ name }, shown) => `the secret ${shown(name)} was destroyed`,
  'revocation.proven': provenWords,
  'boundary.closed': closedWords,
};

type TypeAndData<Type extends EventType> = {
  [Each in Type]: { readonly type: Each; readonly data: DataByType[Each] };
}[Type];

const wordsOf = <Type extends EventType>({ type, data }: TypeAndData<Type>, shown: ShowValue): string =>
  WORDS[type](data, shown);

/** An event in one sentence; or that it cannot be read, and why. */
export const eventWords = (entry: ParsedEvent, shown: ShowValue): string =>
  'event' in entry
    ? wordsOf(entry.event, shown)
    : `its data cannot be read: ${shown(problemText(entry.fault), 'text')}`;
