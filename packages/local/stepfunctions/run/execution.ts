import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { LocalClock, TimerHandle } from '../../clock/local-clock.ts';
import { History, inputDetail, outputDetail } from './history.ts';
import type { Machine } from './machine.ts';
import { InterpreterStopped } from './state-error.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** The visible state of an execution. `input` and `output` are JSON texts. */
export interface ExecutionView {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly status: ExecutionStatus;
  readonly startMs: number;
  readonly stopMs: number | undefined;
  readonly redriveCount: number;
  /** The time of the last redrive, milliseconds. */
  readonly redriveMs: number | undefined;
  readonly input: string;
  readonly output: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly events: readonly HistoryEvent[];
  /** Resolves when the execution has ended, with any status. */
  readonly ended: Promise<void>;
}

/**
 * The state that an execution is in or enters next, with its input and variables. A redrive continues from
 * here.
 */
export interface Position {
  readonly name: string;
  readonly input: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Absent until the state is entered. */
  readonly entered?: { readonly id: number; readonly beforeId: number; readonly atMs: number };
}

export interface ExecutionStart {
  readonly arn: string;
  readonly name: string;
  readonly machine: Machine;
  /** JSON text. */
  readonly input: string;
  readonly clock: LocalClock;
  readonly onEvent: (event: HistoryEvent) => void;
  readonly onEnd: () => void;
  /** Called when the execution enters, or has left, a state. */
  readonly onPosition?: () => void;
  /** The ended attempt, if this is a redrive. */
  readonly earlier?: Execution;
  /** What was saved of this execution, if it ran when an earlier embedded AWS ended. */
  readonly saved?: SavedRun;
}

/** A running execution that continues where it was. */
interface SavedRun extends Pick<ExecutionView, 'startMs' | 'redriveCount' | 'redriveMs' | 'events'> {
  readonly position: Position;
}

/**
 * One attempt of an execution, with its history and its end. A redrive is another attempt. The interpreter
 * runs it; StopExecution and the machine's timeout end it from outside.
 */
export class Execution implements ExecutionView {
  readonly arn: string;
  readonly name: string;
  readonly machine: Machine;
  readonly stateMachineArn: string;
  readonly input: string;
  readonly startMs: number;
  readonly history: History;
  readonly redriveCount: number;
  readonly redriveMs: number | undefined;
  /** The state that this execution was in when an earlier embedded AWS ended; undefined once it has left it. */
  resumedIn: Position | undefined;
  readonly ended: Promise<void>;
  status: ExecutionStatus = 'RUNNING';
  stopMs: number | undefined = undefined;
  output: string | undefined = undefined;
  error: string | undefined = undefined;
  cause: string | undefined = undefined;
  readonly #clock: LocalClock;
  readonly #stop = new AbortController();
  readonly #onPosition: () => void;
  #position: Position;
  readonly #onEnd: () => void;
  readonly #timeout: TimerHandle | undefined;
  #settle: () => void = () => undefined;
  #isMachineDeleted = false;

  constructor(start: ExecutionStart) {
    this.arn = start.arn;
    this.name = start.name;
    this.machine = start.machine;
    this.stateMachineArn = start.machine.arn;
    this.input = start.input;
    this.#clock = start.clock;
    this.#onEnd = start.onEnd;
    this.#onPosition = start.onPosition ?? (() => undefined);
    const begun = beginningOf(start);
    this.startMs = begun.startMs;
    this.redriveCount = begun.redriveCount;
    this.redriveMs = begun.redriveMs;
    this.resumedIn = start.saved?.position;
    this.#position = begun.position;
    this.ended = new Promise((resolve) => (this.#settle = resolve));
    this.history = new History(start.clock, start.onEvent, begun.events);
    if (start.saved === undefined) this.#begin();
    this.#timeout = this.#limit(start.machine.definition.TimeoutSeconds);
  }

  get position(): Position {
    return this.#position;
  }

  set position(position: Position) {
    if (position.name !== this.#position.name || position.entered === undefined) this.resumedIn = undefined;
    this.#position = position;
    this.#onPosition();
  }

  #begin(): void {
    if (this.redriveCount > 0) {
      const executionRedrivenEventDetails = { redriveCount: this.redriveCount };
      this.history.append('ExecutionRedriven', { executionRedrivenEventDetails });
      return;
    }
    const details = { ...inputDetail(JSON.parse(this.input)), roleArn: this.machine.roleArn };
    this.history.append('ExecutionStarted', { executionStartedEventDetails: details }, 0);
  }

  get events(): readonly HistoryEvent[] {
    return this.history.events;
  }

  /** After its machine is deleted, the execution enters no further state. */
  markMachineDeleted(): void {
    this.#isMachineDeleted = true;
  }

  get isMachineDeleted(): boolean {
    return this.#isMachineDeleted;
  }

  /** Aborted when the execution ends. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  succeed(output: unknown): void {
    this.history.close('ExecutionSucceeded', { executionSucceededEventDetails: outputDetail(output) });
    this.output = JSON.stringify(output);
    this.#end('SUCCEEDED');
  }

  fail(error: string | undefined, cause: string | undefined): void {
    this.history.close('ExecutionFailed', { executionFailedEventDetails: { error, cause } });
    this.#endWith('FAILED', error, cause);
  }

  /**
   * StopExecution. No Catch runs.
   * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html
   */
  abort(error: string | undefined, cause: string | undefined): void {
    this.history.close('ExecutionAborted', { executionAbortedEventDetails: { error, cause } }, 0);
    this.#endWith('ABORTED', error, cause);
  }

  /**
   * TimeoutSeconds of the machine. No Catch runs.
   * https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html
   */
  #limit(timeoutSeconds: number | undefined): TimerHandle | undefined {
    if (timeoutSeconds === undefined) return undefined;
    // A redrive restarts the machine's timeout.
    const passedMs = this.#clock.nowMs() - (this.redriveMs ?? this.startMs);
    return this.#clock.setTimer(timeoutSeconds * 1000 - passedMs, () => {
      this.history.close('ExecutionTimedOut', { executionTimedOutEventDetails: {} });
      this.#end('TIMED_OUT');
    });
  }

  #endWith(status: ExecutionStatus, error: string | undefined, cause: string | undefined): void {
    this.error = error;
    this.cause = cause;
    this.#end(status);
  }

  #end(status: ExecutionStatus): void {
    this.status = status;
    this.stopMs = this.#clock.nowMs();
    this.#timeout?.cancel();
    this.#stop.abort(new InterpreterStopped());
    this.#settle();
    this.#onEnd();
  }
}

/** Where an attempt begins: at the start, where the ended attempt was, or where the saved execution was. */
function beginningOf({ earlier, saved, clock, machine, input }: ExecutionStart): SavedRun {
  if (saved !== undefined) return saved;
  if (earlier !== undefined) {
    const { startMs, redriveCount, position, events } = earlier;
    return { startMs, redriveCount: redriveCount + 1, redriveMs: clock.nowMs(), position, events };
  }
  const position = { name: machine.definition.StartAt, input: JSON.parse(input) as unknown, variables: {} };
  return { startMs: clock.nowMs(), redriveCount: 0, redriveMs: undefined, position, events: [] };
}
