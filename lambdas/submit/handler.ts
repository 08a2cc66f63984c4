import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { submitEnvironment } from '../../core/environment.ts';
import { MalformedRequest, NotPermitted, StackDraining, TaskIdTaken } from '../../core/errors.ts';
import { parseRequest, type TaskRequest } from '../../core/request.ts';
import { parseStrictJson } from '../../core/strict-json.ts';
import { log } from '../control/log.ts';
import type { ControlPorts } from '../control/ports.ts';
import { openRecords } from '../control/records.ts';
import { TaskTypes } from '../control/task-types.ts';
import { submit, type SubmitDependencies } from './submit.ts';
import { callerOf } from './caller.ts';

const STATUS: Readonly<Record<string, number>> = {
  [MalformedRequest.name]: 400,
  [NotPermitted.name]: 403,
  [TaskIdTaken.name]: 409,
  // Not 503: that invites clients to try again at once, and to think that a task may exist. A drain lasts until a person ends it.
  [StackDraining.name]: 409,
};

const respond = (statusCode: number, body: unknown): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** The body's text, whether the URL delivered it as text or as base64. */
const bodyOf = (event: APIGatewayProxyEventV2WithIAMAuthorizer): string =>
  event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : (event.body ?? '');

/** Half a character in the reason could be neither digested nor stored as it is; parameters are of Latin-1 letters anyway. */
function readRequest(body: string): TaskRequest {
  const request = parseRequest(parseStrictJson(body, 'The request'));
  if (request.reason.isWellFormed()) return request;
  throw new MalformedRequest(
    `Field reason is ${JSON.stringify(request.reason).slice(0, 80)}, which holds half of a surrogate pair; allowed: whole characters. Correct the request and submit it again.`,
  );
}

type UrlHandler = (
  event: APIGatewayProxyEventV2WithIAMAuthorizer,
) => Promise<APIGatewayProxyStructuredResultV2>;

export function submitHandler({ environment: variables, aws, clock, randomHex }: ControlPorts): UrlHandler {
  const environment = submitEnvironment.parse(variables);
  return overHttp({
    ...openRecords({ environment, aws, clock }),
    stack: environment.STACK,
    types: new TaskTypes(new SSMClient({ ...aws }), environment.STACK),
    executions: new SFNClient({ ...aws }),
    clock,
    randomHex,
  });
}

/** HTTP around `submit`: 200 with the task, 400 malformed, 403 not permitted, 409 id taken or stack draining; anything else is 500 and worth a retry. */
export const overHttp =
  (dependencies: SubmitDependencies): UrlHandler =>
  async (event) => {
    try {
      const request = readRequest(bodyOf(event));
      const task = await submit(request, callerOf(event), dependencies);
      log('info', 'submit done', { boundaryId: task.boundaryId, created: task.created });
      return respond(200, task);
    } catch (error) {
      const name = error instanceof Error ? error.name : 'Error';
      const message = error instanceof Error ? error.message : String(error);
      const status = STATUS[name] ?? 500;
      log(status === 500 ? 'error' : 'warn', 'submit refused', {
        boundaryId: null,
        error: `${name}: ${message}`,
      });
      return respond(status, { error: name, message });
    }
  };
