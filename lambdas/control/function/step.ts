import type { Context } from 'aws-lambda';
import type { z } from 'zod';
import { describeError } from 'taskbound-evidence/describe-error';
import { log } from './log.ts';

/** The part of a step's event that every step has. */
interface StepEvent {
  readonly boundaryId: string;
}

/** The function that Lambda calls. */
export type StepHandler = (event: unknown, context: Pick<Context, 'awsRequestId'>) => Promise<unknown>;

/**
 * A handler of a workflow step. The state machine routes by the name of an error; the log names its boundary.
 */
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
