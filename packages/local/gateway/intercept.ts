import { type Caller, type RawRequest, AwsError } from './service.ts';
import { operationOf } from '../trail/trail.ts';

/** An authenticated call, before it has any effect. */
export interface InterceptedCall {
  /** The signing name: `secretsmanager`, `lambda`, … */
  readonly service: string;
  /** As CloudTrail names it: `PutRolePolicy`, `Invoke`. S3 has no name yet at this point: `PUT /bucket/key`. */
  readonly operation: string;
  readonly caller: Caller;
  readonly atMs: number;
  /** The number of this call among all authenticated calls, starting at 1. */
  readonly ordinal: number;
  readonly request: RawRequest;
}

/** An error to return, with AWS's name for it. @default status 400 */
export interface Refusal {
  readonly name: string;
  readonly message: string;
  readonly status?: number;
}

/**
 * What happens to the call. `refuse`: it returns an error and has no effect. `loseAnswer`: it takes effect,
 * then the client's connection breaks. `delayMs`: it is authorized and takes effect that much later.
 */
export type Verdict =
  'proceed' | { readonly refuse: Refusal } | { readonly loseAnswer: true } | { readonly delayMs: number };

export type Intercept = (call: InterceptedCall) => Verdict;

/** An authenticated call, after its response; `error` is AWS's name for the error, if there was one. */
export type ObservedCall = InterceptedCall & { readonly error: string | undefined };
export type Observe = (call: ObservedCall) => void;

/** The call took effect but its response was lost. Clients see a reset connection and may retry. */
export class AnswerLost extends Error {
  /** The SDK's own handler uses this name for a broken connection. */
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
