declare module 'dynalite' {
  import type { EventEmitter } from 'node:events';

  interface DynaliteOptions {
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }

  /** The server is used only to emit its `request` event. It never listens on a port. */
  export default function dynalite(options?: DynaliteOptions): EventEmitter;
}
