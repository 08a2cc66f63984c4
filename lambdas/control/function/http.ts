import type { APIGatewayProxyEventV2WithIAMAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { errorMessage } from 'taskbound-evidence/describe-error';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { parseStrictJson } from '../../../core/requests/strict-json.ts';
import { URL_ERRORS } from '../../../core/requests/http-status.ts';
import { callerOf, type VerifiedCaller } from './caller.ts';
import { log } from './log.ts';
import type { Identify } from './reserved-role.ts';

const respond = (statusCode: number, body: unknown): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** The body as text: the URL delivers it as text or as base64. */
const bodyOf = (event: APIGatewayProxyEventV2WithIAMAuthorizer): string =>
  event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : (event.body ?? '');

export type UrlHandler = (
  event: APIGatewayProxyEventV2WithIAMAuthorizer,
) => Promise<APIGatewayProxyStructuredResultV2>;

/**
 * Half of a surrogate pair can be neither digested nor stored as it is. Parameters allow only Latin-1 letters
 * anyway.
 */
export function assertWholeCharacters(what: string, reason: string | undefined): void {
  if (reason === undefined || reason.isWellFormed()) return;
  throw new MalformedRequest(
    `Field ${what} is ${JSON.stringify(reason).slice(0, 80)}, which contains half of a surrogate pair; allowed: whole characters. Correct the request and submit it again.`,
  );
}

/**
 * Answers a person's call over HTTP: 200 with the result, 400 malformed, 403 not permitted, 404 unknown, 409
 * too late or taken; every other error is 500 and can be retried. `name` is used in log entries, `what` names
 * the body in errors.
 */
export const overHttp =
  <Result extends { readonly boundaryId: string }>(
    name: string,
    what: string,
    identify: Identify,
    answer: (body: unknown, caller: VerifiedCaller) => Promise<Result>,
  ): UrlHandler =>
  async (event) => {
    try {
      const body = parseStrictJson(bodyOf(event), what);
      const result = await answer(body, await identify(callerOf(event)));
      log('info', `${name} done`, { boundaryId: result.boundaryId });
      return respond(200, result);
    } catch (error) {
      const errorName = error instanceof Error ? error.name : 'Error';
      const message = errorMessage(error);
      const status = URL_ERRORS.find(({ type }) => error instanceof type)?.status ?? 500;
      log(status === 500 ? 'error' : 'warn', `${name} refused`, {
        boundaryId: null,
        error: `${errorName}: ${message}`,
      });
      return respond(status, { error: errorName, message });
    }
  };
