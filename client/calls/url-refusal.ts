import * as z from 'zod';
import { NotPermitted } from '../../core/shared/errors.ts';
import { URL_ERRORS } from '../../core/requests/http-status.ts';
import { awsErrorName, isCredentialError } from '../caller/caller-error.ts';
import type { CallerIdentity } from '../caller/client-config.ts';
import { ServiceFailure } from '../errors.ts';
import type { FunctionUrl } from './function-url.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const refusal = z.object({
  error: z.string().optional(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

/** The text of an answer for an error message. Status 0: there was none. */
export const describeAnswer = ({ status, body }: Answer): string => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return `${status === 0 ? 'no response' : `status ${status}`}: ${text.slice(0, 300)}`;
};

/** The refusal of the function itself, under its name. */
export function functionRefusal(answer: Answer): Error | undefined {
  const { error, message } = refusal.safeParse(answer.body).data ?? {};
  const known = URL_ERRORS.find(({ type }) => type.name === error);
  return known === undefined ? undefined : new known.type(message ?? describeAnswer(answer));
}

/** AWS's error under AWS's name. */
class AwsRefusal extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** The error when AWS answered instead of the function, which did not run: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
export function awsRefusal(
  answer: Answer & { readonly errorType: string | undefined },
  at: FunctionUrl,
  caller: CallerIdentity,
): Error | undefined {
  const { status, body, errorType } = answer;
  if (status < 400 || status >= 500 || status === 429) return undefined;
  const { message, Message } = refusal.safeParse(body).data ?? {};
  const text = message ?? Message ?? describeAnswer(answer);
  const error = new AwsRefusal(awsErrorName(errorType, text) ?? '', text);
  if (isCredentialError(error)) return error;
  return status === 403
    ? new NotPermitted(forbidden(at, caller, text))
    : new ServiceFailure(
        `The function URL ${at.url} responded with status ${status}: ${text}. Check the stack.`,
      );
}

function forbidden(
  { url, grant, roles }: FunctionUrl,
  { arn, accessKeyId }: CallerIdentity,
  text: string,
): string {
  const caller = arn ?? `The owner of the access key ${accessKeyId}`;
  const next =
    roles.length === 0
      ? ''
      : `, or act in a role that has it: --as NAME@ROLE (the roles of the stack are ${roles.join(', ')})`;
  return `${caller} may not call the function URL ${url}: AWS refused with 403 (${text.replace(/\.$/, '')}). The function did not run. Get ${grant} of the task type${next}.`;
}
