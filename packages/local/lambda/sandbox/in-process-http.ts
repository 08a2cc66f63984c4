import { METHODS, STATUS_CODES } from 'node:http';
import { InProcessRequest, type HttpWiring, type RequestOptions } from './in-process-request.ts';
import { InProcessResponse } from './in-process-response.ts';

/** The part of a connection pool that the SDK uses. */
class Agent {
  readonly maxSockets = Infinity;
  readonly sockets = {};
  readonly requests = {};
  readonly keepAlive: boolean;
  readonly options: unknown;
  constructor(options: { readonly keepAlive?: boolean } = {}) {
    this.keepAlive = options.keepAlive ?? false;
    this.options = options;
  }
  destroy(): void {}
}

type OnResponse = (response: InProcessResponse) => void;

/**
 * The options of `request(url)`, `request(url, options)` or `request(options)`. The URL class normalizes a
 * URL's path.
 */
function optionsOf(target: string | URL | RequestOptions, more: RequestOptions): RequestOptions {
  if (typeof target !== 'string' && !(target instanceof URL)) return target;
  const url = new URL(target);
  return { hostname: url.hostname, port: url.port, path: `${url.pathname}${url.search}`, ...more };
}

/** The modules `http` and `https` of one environment. */
export function inProcessHttp(wiring: HttpWiring) {
  const request = (
    target: string | URL | RequestOptions,
    second?: RequestOptions | OnResponse,
    third?: OnResponse,
  ): InProcessRequest => {
    const onResponse = typeof second === 'function' ? second : third;
    const made = new InProcessRequest(optionsOf(target, typeof second === 'object' ? second : {}), wiring);
    if (onResponse !== undefined) made.once('response', onResponse);
    return made;
  };
  const get: typeof request = (...values) => request(...values).end();
  return {
    request,
    get,
    Agent,
    globalAgent: new Agent(),
    ClientRequest: InProcessRequest,
    IncomingMessage: InProcessResponse,
    METHODS,
    STATUS_CODES,
  };
}
