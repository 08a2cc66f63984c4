import { STSClient } from '@aws-sdk/client-sts';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod';
import type { Clock } from 'taskbound-time/clock';
import { NotPermitted } from '../../core/shared/errors.ts';
import { URL_ERRORS } from '../../core/requests/http-status.ts';
import type { ClientConfig } from './client-config.ts';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;

/** One of the stack's function URLs, and the caller's config. */
export interface FunctionUrl {
  readonly url: string;
  readonly config: ClientConfig;
  readonly clock: Clock;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const refusal = z.object({
  error: z.string().optional(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

/**
 * Posts to a function URL, signed, and retries after a lost or failed response, so the request must be idempotent. Returns the successful
 * response, or in `unanswered` the last failure. Throws the function's own refusal under its name.
 */
export async function callUrl(
  at: FunctionUrl,
  body: unknown,
): Promise<{ readonly answer: Answer; readonly attempts: number } | { readonly unanswered: string }> {
  for (let attempts = 1; ; attempts += 1) {
    const answer = await post(at, JSON.stringify(body)).catch((error: unknown) => ({
      status: 0,
      body: messageOf(error),
    }));
    if (answer.status === 200 || answer.status === 202) return { answer, attempts };
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 429)
      throw refusalError(answer, at.url);
    if (attempts >= ATTEMPTS) return { unanswered: `${describe(answer)}, after ${ATTEMPTS} attempts` };
    await at.clock.sleep(FIRST_PAUSE_MS * 2 ** (attempts - 1));
  }
}

function refusalError(answer: Answer, url: string): Error {
  const { error = '', message, Message } = refusal.safeParse(answer.body).data ?? {};
  const text = message ?? Message ?? describe(answer);
  const known = URL_ERRORS.find(({ type }) => type.name === error);
  if (known !== undefined) return new known.type(text);
  return new NotPermitted(
    `The function refused the call with ${answer.status}: ${text}. Use credentials that may invoke ${url}.`,
  );
}

const describe = ({ status, body }: Answer): string => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return `${status === 0 ? 'no response' : `status ${status}`}: ${text.slice(0, 300)}`;
};

/** An embedded AWS serves function URLs under its endpoint as `/lambda-url/<id>/`, even if the port has changed since the stack was loaded. */
export function reachableUrl(url: string, endpoint: string | undefined): URL {
  if (!URL.canParse(url))
    throw new UsageError(`A function's URL is ${JSON.stringify(url)}, which is not a URL. Check the stack.`);
  const target = new URL(url);
  const id =
    /^([a-z0-9]+)\.lambda-url\./.exec(target.hostname)?.[1] ??
    /^\/lambda-url\/([\w-]+)\//.exec(target.pathname)?.[1];
  return endpoint !== undefined && id !== undefined ? new URL(`${endpoint}/lambda-url/${id}/`) : target;
}

async function post(at: FunctionUrl, body: string): Promise<Answer> {
  // This client sends nothing. It only resolves the SDK's default credentials, region, hash and HTTP handler.
  const { config } = new STSClient({ ...at.config });
  const url = reachableUrl(at.url, at.config.endpoint);
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
  return { status: response.statusCode, body: jsonOrText(await config.streamCollector(response.body)) };
}

function jsonOrText(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
