import { STATUS_CODES } from 'node:http';
import { Readable } from 'node:stream';
import type { RawResponse } from '../../gateway/service.ts';
import type { Guard } from './sandbox-timers.ts';

/** A response with the interface of `http.IncomingMessage`. */
export class InProcessResponse extends Readable {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly httpVersion = '1.1';
  complete = false;
  readonly #guard: Guard;

  constructor(response: RawResponse, withBody: boolean, guard: Guard) {
    super({ read: () => undefined });
    this.#guard = guard;
    this.statusCode = response.status;
    this.statusMessage = STATUS_CODES[response.status] ?? '';
    this.headers = response.headers;
    if (withBody && response.body.byteLength > 0) this.push(Buffer.from(response.body));
    this.push(null);
    this.complete = true;
  }

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    let hadListeners = false;
    this.#guard.run(() => (hadListeners = super.emit(event, ...values)));
    return hadListeners;
  }
}
