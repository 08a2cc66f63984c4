import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { MalformedRequest, NotPermitted, TaskIdTaken } from '../../core/errors.ts';
import { parseRequest } from '../../core/request.ts';
import { parseStrictJson } from '../../core/strict-json.ts';
import { log } from '../control/log.ts';
import { submit, type SubmitDependencies } from './submit.ts';
import { callerOf } from './caller.ts';

const STATUS: Readonly<Record<string, number>> = {
  [MalformedRequest.name]: 400,
  [NotPermitted.name]: 403,
  [TaskIdTaken.name]: 409,
};

const respond = (statusCode: number, body: unknown): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** The body's text, whether the URL delivered it as text or as base64. */
const bodyOf = (event: APIGatewayProxyEventV2WithIAMAuthorizer): string =>
  event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : (event.body ?? '');

/** HTTP around `submit`: 200 with the task, 400 malformed, 403 not permitted, 409 id taken; anything else is 500 and worth a retry. */
export const submitHandler =
  (dependencies: SubmitDependencies) =>
  async (event: APIGatewayProxyEventV2WithIAMAuthorizer): Promise<APIGatewayProxyStructuredResultV2> => {
    try {
      const request = parseRequest(parseStrictJson(bodyOf(event), 'The request'));
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
