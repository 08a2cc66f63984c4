import { EventEmitter } from 'node:events';
import { Writable } from 'node:stream';
import type { LocalClock, TimerHandle } from '../../clock/local-clock.ts';
import type { RawResponse } from '../../gateway/service.ts';
import type { Transport } from '../transport.ts';
import { InProcessResponse } from './in-process-response.ts';
import type { Guard } from './sandbox-timers.ts';

/** What requests of a sandbox need from its environment. */
export interface HttpWiring {
  readonly send: Transport;
  readonly clock: LocalClock;
  readonly guard: Guard;
}

type HeaderValue = string | number | readonly string[];

export interface RequestOptions {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly hostname?: string;
  readonly port?: string | number;
  readonly headers?: Readonly<Record<string, HeaderValue | undefined>>;
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

const timedOutError = (): Error =>
  Object.assign(new Error('The request to the embedded AWS timed out.'), { code: 'ETIMEDOUT' });

/** The part of a socket that the SDK uses. Nothing is connected. */
class Socket extends EventEmitter {
  readonly connecting = false;
  readonly #request: InProcessRequest;
  constructor(request: InProcessRequest) {
    super();
    this.#request = request;
  }
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(ms: number, onTimeout?: () => void): this {
    this.#request.setTimeout(ms, onTimeout);
    return this;
  }
  destroy(): this {
    this.#request.destroy();
    return this;
  }
}

/**
 * A request with the interface of `http.ClientRequest`. Collects the body, then calls the embedded AWS with
 * the unchanged path.
 */
export class InProcessRequest extends Writable {
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly protocol = 'http:';
  readonly socket: Socket;
  aborted = false;
  readonly #wiring: HttpWiring;
  readonly #headers: Record<string, string> = {};
  readonly #chunks: Buffer[] = [];
  #timeout: TimerHandle | undefined;

  constructor(options: RequestOptions, wiring: HttpWiring) {
    // The request must outlive its body: it ends when the response was read.
    super({ autoDestroy: false });
    this.#wiring = wiring;
    this.method = (options.method ?? 'GET').toUpperCase();
    this.path = options.path ?? '/';
    this.host = options.hostname ?? options.host ?? '127.0.0.1';
    this.socket = new Socket(this);
    for (const [name, value] of Object.entries(options.headers ?? {}))
      if (value !== undefined) this.setHeader(name, value);
    this.#headers['host'] ??= options.port === undefined ? this.host : `${this.host}:${options.port}`;
    if (options.timeout !== undefined) this.setTimeout(options.timeout);
    options.signal?.addEventListener('abort', () => this.destroy(new Error('The request was aborted.')), {
      once: true,
    });
    process.nextTick(() => {
      this.emit('socket', this.socket);
      if (this.#headers['expect'] === '100-continue') this.emit('continue');
    });
  }

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    let hadListeners = false;
    this.#wiring.guard.run(() => (hadListeners = super.emit(event, ...values)));
    return hadListeners;
  }

  setHeader(name: string, value: HeaderValue): this {
    this.#headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
    return this;
  }

  getHeader(name: string): string | undefined {
    return this.#headers[name.toLowerCase()];
  }

  removeHeader(name: string): void {
    delete this.#headers[name.toLowerCase()];
  }

  setTimeout(ms: number, onTimeout?: () => void): this {
    this.#timeout?.cancel();
    this.#timeout = undefined;
    if (onTimeout !== undefined) this.once('timeout', onTimeout);
    if (ms > 0 && this.#wiring.guard.alive())
      this.#timeout = this.#wiring.clock.setTimer(ms, () => this.emit('timeout', timedOutError()));
    return this;
  }

  setNoDelay(): void {}
  setSocketKeepAlive(): void {}
  flushHeaders(): void {}

  abort(): void {
    this.aborted = true;
    this.emit('abort');
    this.destroy();
  }

  override _write(chunk: string | Uint8Array, encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : Buffer.from(chunk));
    done();
  }

  override _final(done: () => void): void {
    done();
    void this.#exchange();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#timeout?.cancel();
    done(error);
  }

  /**
   * Requests of a destroyed environment are not sent and get no response, because its process no longer
   * exists. Does not hold the clock: the call may invoke a function that sleeps, so the gateway holds it
   * where needed.
   */
  async #exchange(): Promise<void> {
    const { send, guard } = this.#wiring;
    if (!guard.alive()) return;
    try {
      const answer = await send({
        method: this.method,
        path: this.path,
        headers: this.#headers,
        body: Buffer.concat(this.#chunks),
      });
      if (guard.alive() && !this.destroyed) this.#answer(answer);
    } catch (error) {
      if (guard.alive()) this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #answer(answer: RawResponse): void {
    this.#timeout?.cancel();
    const response = new InProcessResponse(answer, this.method !== 'HEAD', this.#wiring.guard);
    response.once('close', () => this.emit('close'));
    this.emit('response', response);
  }
}
