declare module 'dynalite' {
  import type { EventEmitter } from 'node:events';

  interface DynaliteOptions {
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }

  /** The server is only ever used as the emitter of its own `request` event: it never listens. */
  export default function dynalite(options?: DynaliteOptions): EventEmitter;
}
