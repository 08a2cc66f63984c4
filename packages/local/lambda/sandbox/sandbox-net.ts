import net from 'node:net';
import type { LocalClock } from '../../clock/local-clock.ts';
import { afterRealMs } from '../../clock/real-clock.ts';
import { DatabaseTurns } from './database-turns.ts';
import type { ReachableServers } from '../reachable-servers.ts';
import { refusedModule } from './refused-modules.ts';
import type { Guard } from './sandbox-timers.ts';

/** A server that does not answer stops virtual time for at most this long, in real milliseconds. */
const MAX_HOLD_MS = 10_000;

interface Wiring {
  readonly clock: LocalClock;
  readonly guard: Guard;
  readonly reachable: ReachableServers;
}

/** Holds the clock from a request to its response, or up to the limit. */
class AnswerHold {
  readonly #clock: LocalClock;
  #release: (() => void) | undefined;
  constructor(clock: LocalClock) {
    this.#clock = clock;
  }

  begin(): void {
    this.end();
    const release = this.#clock.hold();
    const forget = afterRealMs(MAX_HOLD_MS, release);
    this.#release = () => {
      forget();
      release();
    };
  }

  end(): void {
    this.#release?.();
    this.#release = undefined;
  }
}

const refusal = (host: unknown, port: unknown): Error =>
  Object.assign(
    new Error(
      `connect ECONNREFUSED ${String(host)}:${String(port)}: a function in the embedded Lambda can only reach the embedded AWS and its databases.`,
    ),
    { code: 'ECONNREFUSED' },
  );

export interface SandboxNet {
  /** What `require('net')` returns. */
  readonly module: Readonly<Record<string, unknown>>;
  /** Closes all sockets. */
  disconnect(): void;
}

/**
 * The module `net` of an environment: sockets only to the reachable database servers. Holds the clock while a
 * server works. `disconnect` closes all sockets, as the end of the environment's process would.
 */
export function sandboxNet({ clock, guard, reachable }: Wiring): SandboxNet {
  const open = new Set<net.Socket>();

  class Socket extends net.Socket {
    readonly #hold = new AnswerHold(clock);
    readonly #turns = new DatabaseTurns();

    override connect(...target: unknown[]): this {
      const [port, host] = target;
      if (!guard.alive() || !reachable.has(host, port)) {
        queueMicrotask(() => this.destroy(refusal(host, port)));
        return this;
      }
      open.add(this);
      this.#hold.begin();
      super.connect(Number(port), String(host));
      // Node's connect sets its own `write` on the socket, which would hide the override below.
      Reflect.deleteProperty(this, 'write');
      return this;
    }

    override write(...values: unknown[]): boolean {
      this.#hold.begin();
      return Reflect.apply(super.write, this, values);
    }

    override emit(event: string | symbol, ...values: unknown[]): boolean {
      if (!guard.alive()) return false;
      const isAnswered = event === 'close' || (event === 'data' && this.#turns.read(values[0] as Uint8Array));
      if (isAnswered) this.#hold.end(); // the next request takes its own hold
      if (event === 'close') open.delete(this);
      let hadListeners = false;
      guard.run(() => (hadListeners = super.emit(event, ...values)));
      return hadListeners;
    }

    shut(): void {
      this.#hold.end();
      this.destroy();
    }
  }

  const { isIP, isIPv4, isIPv6 } = net;
  return {
    module: { ...refusedModule('net', { ...net }), Socket, isIP, isIPv4, isIPv6 },
    disconnect: () => {
      for (const socket of open) if (socket instanceof Socket) socket.shut();
      open.clear();
    },
  };
}
