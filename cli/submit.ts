import { STSClient } from '@aws-sdk/client-sts';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import { MalformedRequest, NotPermitted, StackDraining, TaskIdTaken } from '../core/errors.ts';
import type { TaskRequest } from '../core/request.ts';
import type { ClientConfig } from './connection.ts';
import { messageOf, SubmissionUnknown, UsageError } from './errors.ts';

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;

const submitted = z.object({
  taskId: z.string(),
  boundaryId: z.string(),
  executionArn: z.string(),
  phase: z.string(),
  /** False when the same request stood under this id already. */
  created: z.boolean(),
});
export type Submitted = z.infer<typeof submitted>;

const refusal = z.object({
  error: z.string().optional(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Submits a request through the function URL. Repeats it after a lost or failed answer, which is safe because it carries its id.
 * Throws `MalformedRequest`, `TaskIdTaken`, `StackDraining` or `NotPermitted` in submit's own words; no task exists then.
 */
export async function submit(
  at: { readonly url: string; readonly config: ClientConfig; readonly clock: Clock },
  request: TaskRequest & { readonly taskId: string },
): Promise<Submitted> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await post(at, JSON.stringify(request)).catch((error: unknown) => ({
      status: 0,
      body: messageOf(error),
    }));
    if (answer.status === 200 || answer.status === 202) return accepted(answer);
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) throw refused(answer, at.url);
    if (attempt >= ATTEMPTS) {
      throw new SubmissionUnknown(
        `Submit did not answer (${describe(answer)}) after ${ATTEMPTS} attempts. Whether task ${request.taskId} exists is not known: run the request again with "taskId": ${JSON.stringify(request.taskId)}.`,
      );
    }
    await at.clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
  }
}

function accepted(answer: Answer): Submitted {
  const parsed = submitted.safeParse(answer.body);
  if (parsed.success) return parsed.data;
  throw new SubmissionUnknown(
    `Submit answered ${answer.status} with something else than a task. Is SubmitUrl the submit function's URL?`,
  );
}

function refused(answer: Answer, url: string): Error {
  const { error, message, Message } = refusal.safeParse(answer.body).data ?? {};
  const text = message ?? Message ?? describe(answer);
  if (error === 'MalformedRequest') return new MalformedRequest(text);
  if (error === 'TaskIdTaken') return new TaskIdTaken(text);
  if (error === 'StackDraining') return new StackDraining(text);
  if (error === 'NotPermitted') return new NotPermitted(text);
  return new NotPermitted(
    `Submit refused the call with ${answer.status}: ${text}. Use credentials that may invoke ${url}.`,
  );
}

const describe = ({ status, body }: Answer): string => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return `${status === 0 ? 'no response' : `status ${status}`}: ${text.slice(0, 300)}`;
};

/** Function URLs of an embedded AWS stand under its one endpoint, as `/lambda-url/<id>/`, whatever port it had when it was loaded. */
export function reachable(url: string, endpoint: string | undefined): URL {
  if (!URL.canParse(url))
    throw new UsageError(`The output SubmitUrl is ${JSON.stringify(url)}, which is no URL. Check the stack.`);
  const target = new URL(url);
  const id =
    /^([a-z0-9]+)\.lambda-url\./.exec(target.hostname)?.[1] ??
    /^\/lambda-url\/([\w-]+)\//.exec(target.pathname)?.[1];
  return endpoint !== undefined && id !== undefined ? new URL(`${endpoint}/lambda-url/${id}/`) : target;
}

async function post(
  at: { readonly url: string; readonly config: ClientConfig; readonly clock: Clock },
  body: string,
): Promise<Answer> {
  // A client is made only for its resolved settings: credentials, region, hash and HTTP handler are the SDK's own.
  const { config } = new STSClient({ ...at.config });
  const url = reachable(at.url, at.config.endpoint);
  const region = /\.lambda-url\.([a-z0-9-]+)\./.exec(url.hostname)?.[1] ?? (await config.region());
  const signer = new SignatureV4({
    service: 'lambda',
    region,
    credentials: config.credentials,
    sha256: config.sha256,
  });
  const signed = await signer.sign(
    new HttpRequest({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port !== '' && { port: Number(url.port) }),
      path: url.pathname,
      headers: { host: url.host, 'content-type': 'application/json' },
      body,
    }),
    { signingDate: new Date(at.clock.nowMs()) },
  );
  const { response } = await config.requestHandler.handle(new HttpRequest(signed));
  return { status: response.statusCode, body: parsed(await config.streamCollector(response.body)) };
}

function parsed(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
