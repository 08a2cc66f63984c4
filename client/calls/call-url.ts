import { STSClient } from '@aws-sdk/client-sts';
import { isAccessDenied, isCredentialError } from '../caller/caller-error.ts';
import type { CallerIdentity } from '../caller/client-config.ts';
import { reachableUrl, type FunctionUrl } from './function-url.ts';
import { signedRequest } from './signed-request.ts';
import { awsRefusal, describeAnswer, functionRefusal, type Answer } from './url-refusal.ts';
import { messageOf } from 'taskbound-evidence/command/errors';
import { TaskboundError } from 'taskbound-evidence/errors';

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 500;

/**
 * Posts to a function URL, signed, and retries after a lost or failed response, so the request must be idempotent. Returns the successful
 * response, or in `unanswered` the last failure. Throws the function's own refusal under its name. Without valid credentials or without the
 * permission it throws at once, because nothing was done; after a lost response this is not known, so then it is `unanswered`.
 */
export async function callUrl(
  at: FunctionUrl,
  body: unknown,
): Promise<{ readonly answer: Answer; readonly attempts: number } | { readonly unanswered: string }> {
  for (let attempts = 1; ; attempts += 1) {
    const answer = await tryPost(at, JSON.stringify(body));
    const { status, refused } = answer;
    if (status === 200 || status === 202) return { answer, attempts };
    const own = functionRefusal(answer);
    if (own !== undefined) throw own;
    if (refused !== undefined && attempts === 1) throw refused;
    if (refused !== undefined || attempts >= ATTEMPTS)
      return { unanswered: `${describeAnswer(answer)}, after ${attempts} attempts` };
    await at.clock.sleep(FIRST_PAUSE_MS * 2 ** (attempts - 1));
  }
}

/** `refused`: why another attempt of this caller would fail as well. */
type Attempt = Answer & { readonly refused?: Error | undefined };

async function tryPost(at: FunctionUrl, body: string): Promise<Attempt> {
  // This client sends nothing. It only resolves the SDK's default credentials, region, hash and HTTP handler.
  const { config } = new STSClient({ ...at.config });
  try {
    const caller: CallerIdentity = await config.credentials();
    const answer = await post(at, config, caller, body);
    return { ...answer, refused: awsRefusal(answer, at, caller) };
  } catch (error) {
    return { status: 0, body: messageOf(error), refused: isAboutCaller(error) ? error : undefined };
  }
}

/** Errors of the credentials, and those that Taskbound explains itself, do not pass by waiting. */
const isAboutCaller = (error: unknown): error is Error =>
  error instanceof TaskboundError || isCredentialError(error) || isAccessDenied(error);

async function post(
  at: FunctionUrl,
  config: STSClient['config'],
  credentials: CallerIdentity,
  body: string,
): Promise<Answer & { readonly errorType: string | undefined }> {
  const { sha256 } = config;
  const url = reachableUrl(at.url, at.config.endpoint);
  const region = /\.lambda-url\.([a-z0-9-]+)\./.exec(url.hostname)?.[1] ?? (await config.region());
  const signed = await signedRequest({ url, body, region, credentials, sha256, atMs: at.clock.nowMs() });
  const { response } = await config.requestHandler.handle(signed);
  return {
    status: response.statusCode,
    body: jsonOrText(await config.streamCollector(response.body)),
    errorType: response.headers['x-amzn-errortype'],
  };
}

function jsonOrText(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
