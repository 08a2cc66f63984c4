import type { Context } from 'aws-lambda';
import type { z } from 'zod';
import { describeError } from 'taskbound-evidence/describe-error';
import { log } from './log.ts';

/** What every step of the workflow is called with. */
interface StepEvent {
  readonly boundaryId: string;
}

/** What Lambda calls. */
export type StepHandler = (event: unknown, context: Pick<Context, 'awsRequestId'>) => Promise<unknown>;

/** Names of errors are what the state machine routes by; logs say which boundary they belong to. */
export function step<Event extends StepEvent, Result>(
  name: string,
  schema: z.ZodType<Event>,
  run: (event: Event, context: Pick<Context, 'awsRequestId'>) => Promise<Result>,
): StepHandler {
  return async (input, context) => {
    let boundaryId: string | null = null;
    try {
      const event = schema.parse(input);
      boundaryId = event.boundaryId;
      const result = await run(event, context);
      log('info', `${name} done`, { boundaryId });
      return result;
    } catch (error) {
      log('error', `${name} failed`, { boundaryId, error: describeError(error) });
      throw error;
    }
  };
}
