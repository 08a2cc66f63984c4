import * as z from 'zod';
import { askedWindow, checkWindow, WINDOW_ALLOWED } from '../windows/asked-window.ts';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { TASK_ID, TASK_TYPE } from 'taskbound-evidence/names/ids';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { checkParameters, type Parameters } from '../task-types/parameters.ts';
import { REASON_CHARACTERS } from './reason.ts';
import { parseCall, type CallTexts } from './parse-call.ts';
import type { TaskTypeConfig } from '../task-types/task-type.ts';
import { digestOf } from 'taskbound-evidence/canonical-json/digest';
import { windowText, type TaskWindow } from '../windows/window-rule.ts';

/** A request for a task. The requester comes from IAM, never from the request. */
const taskRequest = z.strictObject({
  type: z.string().regex(TASK_TYPE),
  taskId: z.string().regex(TASK_ID).optional(),
  reason: z.string().min(1).max(REASON_CHARACTERS),
  parameters: z.record(z.string(), z.unknown()),
  /** Why it cannot wait for approval. Only if the type allows emergencies. */
  emergency: z.string().min(1).max(REASON_CHARACTERS).optional(),
  window: askedWindow.optional(),
});
export type TaskRequest = z.infer<typeof taskRequest>;

/** A request as `plan` reads it: the reason decides nothing about the grant, so it may be added later. */
const plannedRequest = taskRequest.partial({ reason: true });
export type PlannedRequest = z.infer<typeof plannedRequest>;

export const REASON_EXAMPLE = '"reason": "Monthly report for finance, ticket OPS-123"';

const WORDS: CallTexts = {
  name: 'request',
  ofCall: '',
  allowed: {
    type: 'a lower-case letter, then 1 to 22 of a-z 0-9 -',
    taskId: '2 to 40 of A-Z a-z 0-9 _ -',
    reason: `1 to ${REASON_CHARACTERS} characters, such as ${REASON_EXAMPLE}`,
    parameters: 'an object of the parameters that the type declares',
    emergency: `1 to ${REASON_CHARACTERS} characters, why it cannot wait for approval`,
    window: WINDOW_ALLOWED,
  },
  nextStep: 'Correct the request and submit it again.',
};

/** Checks a request's form. Throws `MalformedRequest`. */
export const parseRequest = (value: unknown): TaskRequest => parseCall(taskRequest, value, WORDS);

/** Checks the form of a request that may have no reason yet. Throws `MalformedRequest`. */
export const parsePlannedRequest = (value: unknown): PlannedRequest =>
  parseCall(plannedRequest, value, WORDS);

/** A request that is valid for its task type. */
export interface CheckedRequest {
  readonly type: string;
  readonly reason: string;
  readonly parameters: Parameters;
  readonly emergency: string | undefined;
  /** The requested window. Absent if the type has fixed hours or no window. */
  readonly window?: TaskWindow | undefined;
  /** SHA-256 of the request without its id. The same id with another digest is another request. */
  readonly requestDigest: string;
}

/** Checks everything in a request that its grant depends on. Throws `MalformedRequest`. */
export function checkGrant(
  { parameters, emergency, window }: PlannedRequest,
  config: TaskTypeConfig,
): Pick<CheckedRequest, 'parameters' | 'window'> {
  const checked = checkParameters(config.parameters, parameters);
  assertEmergencyAllowed(emergency, config);
  return { parameters: checked, window: checkWindow(window, config) };
}

export function checkRequest(request: TaskRequest, config: TaskTypeConfig): CheckedRequest {
  const { type, reason, emergency } = request;
  const { parameters, window } = checkGrant(request, config);
  const asked = {
    type,
    reason,
    parameters,
    ...omitUndefined({ emergency }),
    ...(window && { window: windowText(window) }),
  };
  return { type, reason, parameters, emergency, window, requestDigest: digestOf(asked) };
}

function assertEmergencyAllowed(emergency: string | undefined, config: TaskTypeConfig): void {
  if (emergency === undefined || config.emergency) return;
  throw new MalformedRequest(
    `Field emergency is given, but ${config.type} ${config.approval === null ? 'needs no approval that it could skip' : 'does not allow emergencies'}. Remove it.`,
  );
}

/** The error for a type that the stack does not have. */
export const unknownType = (type: string, known: readonly string[]): MalformedRequest =>
  new MalformedRequest(
    `Task type ${JSON.stringify(type)} is not known in this stack${known.length ? `; allowed: ${known.join(', ')}` : ''}. Check the name and the stack.`,
  );
