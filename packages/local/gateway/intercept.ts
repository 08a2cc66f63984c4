import { type Caller, type RawRequest, AwsError } from './service.ts';
import { operationOf } from '../trail/trail.ts';

/** One authenticated call before it has any effect. */
export interface InterceptedCall {
  /** The signing name: `secretsmanager`, `lambda`, … */
  readonly service: string;
  /** As CloudTrail names it: `PutRolePolicy`, `Invoke`. S3 has no name yet at this point: `PUT /bucket/key`. */
  readonly operation: string;
  readonly caller: Caller;
  readonly atMs: number;
  /** Which authenticated call of this AWS it is, from 1. */
  readonly ordinal: number;
  readonly request: RawRequest;
}

/** An error to answer with, by AWS's name for it. @default status 400 */
export interface Refusal {
  readonly name: string;
  readonly message: string;
  readonly status?: number;
}

/**
 * What becomes of the call. `refuse`: an error, and no effect. `loseAnswer`: the effect, and then a broken connection for the client.
 * `delayMs`: the effect that much later; it is authorized then.
 */
export type Verdict =
  'proceed' | { readonly refuse: Refusal } | { readonly loseAnswer: true } | { readonly delayMs: number };

export type Intercept = (call: InterceptedCall) => Verdict;

/** One authenticated call after it was answered; `error` is AWS's name for its refusal or failure. */
export type ObservedCall = InterceptedCall & { readonly error: string | undefined };
export type Observe = (call: ObservedCall) => void;

/** The effect happened and its answer was lost: clients see a connection that was reset, and may try again. */
export class AnswerLost extends Error {
  /** What the SDK's own handler calls a connection that broke. */
  override readonly name = 'TimeoutError';
  readonly code = 'ECONNRESET';
}

export function operationNameOf(service: string, request: RawRequest): string {
  if (service === 'lambda') return 'Invoke';
  const form = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  const action = form ? new URLSearchParams(Buffer.from(request.body).toString('utf8')).get('Action') : null;
  return action ?? operationOf(request);
}

export const refusalOf = ({ name, message, status }: Refusal): AwsError =>
  new AwsError(name, message, status);
