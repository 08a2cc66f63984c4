import { Readable } from 'node:stream';
import { type HttpHandler, type HttpRequest, HttpResponse } from '@smithy/protocol-http';
import type { RawRequest, RawResponse } from './service.ts';

type Handle = (request: RawRequest) => Promise<RawResponse>;
type Options = Parameters<HttpHandler['handle']>[1];

/**
 * Encodes a query like the SDK's own handlers:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** Path and query as sent over HTTP. */
export function targetOf(request: HttpRequest): string {
  const pairs = Object.entries(request.query).flatMap(([name, value]) => {
    if (value === null || value === undefined) return [encode(name)];
    return (Array.isArray(value) ? value : [value]).map((one) => `${encode(name)}=${encode(one)}`);
  });
  return pairs.length === 0 ? request.path : `${request.path}?${pairs.join('&')}`;
}

/** Throws a TypeError for a body that cannot be sent in process. */
export async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (body instanceof Readable) return Buffer.concat(await body.toArray());
  if (body instanceof Blob) return new Uint8Array(await body.arrayBuffer());
  throw new TypeError(
    `A request body of type ${Object.prototype.toString.call(body)} cannot be sent in process; send bytes, text or a stream.`,
  );
}

export const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** Rejects like the SDK's own handlers when the caller aborts. */
function aborted(
  signal: Options extends infer O | undefined ? (O extends { abortSignal?: infer S } ? S : never) : never,
): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
    if (signal?.aborted === true) fail();
    else if (signal !== undefined && 'addEventListener' in signal)
      signal.addEventListener('abort', fail, { once: true });
  });
}

/** A smithy `HttpHandler` for the SDK's `requestHandler`: passes requests to the gateway without a socket. */
export class InProcessHandler implements HttpHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  async handle(request: HttpRequest, options?: Options): Promise<{ response: HttpResponse }> {
    const answer = this.#send(request);
    const signal = options?.abortSignal;
    return { response: await (signal === undefined ? answer : Promise.race([answer, aborted(signal)])) };
  }

  async #send(request: HttpRequest): Promise<HttpResponse> {
    const headers = lowerCased(request.headers);
    const raw = {
      method: request.method,
      path: targetOf(request),
      headers,
      body: await bytesOf(request.body),
    };
    const { status, headers: answered, body } = await this.#handle(raw);
    return new HttpResponse({
      statusCode: status,
      headers: lowerCased(answered),
      body: Readable.from(body.length > 0 ? [body] : []),
    });
  }

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): object {
    return {};
  }

  destroy(): void {}
}
