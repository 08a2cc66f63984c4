import type { ExecutionView } from './execution.ts';
import { Execution } from './execution.ts';
import { MAX_EVENTS_TO_REDRIVE, REDRIVABLE_MS, REDRIVE_TOKENS } from '../limits.ts';

/** Why an execution cannot be redriven, with AWS's text where AWS has one; `undefined` when it can be. */
export function notRedrivable(execution: ExecutionView, nowMs: number): string | undefined {
  const { status, stopMs, events } = execution;
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  if (events.length >= MAX_EVENTS_TO_REDRIVE) return 'Execution history event limit exceeded';
  if (nowMs - (stopMs ?? nowMs) > REDRIVABLE_MS) return 'Execution redrivable period exceeded';
  if (execution instanceof Execution) return undefined;
  return 'Execution was restored from a snapshot, so the embedded AWS cannot redrive it';
}

/** The redrive fields of DescribeExecution and of the status change event. */
export const redriveStatus = (refusal: string | undefined): Record<string, string> =>
  refusal === undefined
    ? { redriveStatus: 'REDRIVABLE' }
    : { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: refusal };

interface UsedToken {
  readonly token: string;
  readonly atMs: number;
}

/** The client tokens of successful redrives, by execution. */
export class RedriveTokens {
  readonly #used = new Map<string, readonly UsedToken[]>();

  /** When the token was used; `undefined` when it was not, or that was too long ago. */
  find(arn: string, token: string, nowMs: number): number | undefined {
    const used = this.#used.get(arn)?.find((one) => one.token === token);
    return used !== undefined && nowMs - used.atMs < REDRIVE_TOKENS.lifeMs ? used.atMs : undefined;
  }

  add(arn: string, token: string, atMs: number): void {
    this.#used.set(arn, [...(this.#used.get(arn) ?? []), { token, atMs }].slice(-REDRIVE_TOKENS.count));
  }
}
