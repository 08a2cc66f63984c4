import { AsyncLocalStorage } from 'node:async_hooks';

/** One invocation of a function. After it died, none of its code continues. */
export class Invocation {
  /** `IssueIdentity` */
  readonly of: string;
  /** The number of the invocation of that function in this run, from 1. */
  readonly number: number;
  readonly event: string;
  #calls = 0;
  #dead = false;
  readonly #failed = Promise.withResolvers<never>();

  constructor(of: string, number: number, event: string) {
    this.of = of;
    this.number = number;
    this.event = event;
    this.#failed.promise.catch(() => undefined);
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Rejects when its caller receives a failure, whether or not the invocation continues. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** The number of its next call. */
  nextCall(): number {
    return (this.#calls += 1);
  }

  /** Ends the invocation: its caller receives `error`, and its code never continues. */
  kill(error: Error): void {
    this.#dead = true;
    this.#failed.reject(error);
  }

  /** Its caller receives `error`, and the invocation continues. */
  detach(error: Error): void {
    this.#failed.reject(error);
  }
}

/** A call that the transport passes to the embedded AWS. */
export interface ActiveCall {
  readonly invocation: Invocation;
  readonly call: number;
  readonly attempt: number;
}

/** The current invocation, and the call that it makes. */
const running = new AsyncLocalStorage<{ readonly invocation: Invocation; readonly active?: ActiveCall }>();

export const runInvocation = <T>(invocation: Invocation, code: () => T): T =>
  running.run({ invocation }, code);
export const runCall = <T>(active: ActiveCall, code: () => T): T =>
  running.run({ invocation: active.invocation, active }, code);
export const currentInvocation = (): Invocation | undefined => running.getStore()?.invocation;
export const currentCall = (): ActiveCall | undefined => running.getStore()?.active;

/** A promise that never settles. A function that died gets it for each call, so its code does not continue. */
export const never = <T>(): Promise<T> => new Promise(() => undefined);
