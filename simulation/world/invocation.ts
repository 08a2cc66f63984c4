import { AsyncLocalStorage } from 'node:async_hooks';

/** One invocation of a function: it can die, and then nothing that it began goes on. */
export class Invocation {
  /** `IssueIdentity` */
  readonly of: string;
  /** Which invocation of that function in this run, from 1. */
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

  /** Rejects when its caller hears of a failure, whether or not it goes on. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** The number of its next call. */
  nextCall(): number {
    return (this.#calls += 1);
  }

  /** Ends it: its caller hears of `error`, and its own code never goes on. */
  kill(error: Error): void {
    this.#dead = true;
    this.#failed.reject(error);
  }

  /** Its caller hears of `error`; it goes on. */
  detach(error: Error): void {
    this.#failed.reject(error);
  }
}

/** A call on its way, as the transport hands it to the embedded AWS. */
export interface CallUnderWay {
  readonly invocation: Invocation;
  readonly call: number;
  readonly attempt: number;
}

/** Whose code runs: the invocation, and the call that it makes. */
const running = new AsyncLocalStorage<{ readonly invocation: Invocation; readonly under?: CallUnderWay }>();

export const runInvocation = <T>(invocation: Invocation, code: () => T): T =>
  running.run({ invocation }, code);
export const runCall = <T>(under: CallUnderWay, code: () => T): T =>
  running.run({ invocation: under.invocation, under }, code);
export const currentInvocation = (): Invocation | undefined => running.getStore()?.invocation;
export const currentCall = (): CallUnderWay | undefined => running.getStore()?.under;

/** What a dead function gets for whatever it waits for. */
export const never = <T>(): Promise<T> => new Promise(() => undefined);
