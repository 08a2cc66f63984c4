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
  /** The ended attempt, if this is a redrive. */
  readonly earlier?: Execution;
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
  position: Position;
  readonly ended: Promise<void>;
  status: ExecutionStatus = 'RUNNING';
  stopMs: number | undefined = undefined;
  output: string | undefined = undefined;
  error: string | undefined = undefined;
  cause: string | undefined = undefined;
  readonly #clock: LocalClock;
  readonly #stop = new AbortController();
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
    const { earlier } = start;
    this.startMs = earlier?.startMs ?? start.clock.nowMs();
    this.redriveCount = earlier === undefined ? 0 : earlier.redriveCount + 1;
    this.redriveMs = earlier === undefined ? undefined : start.clock.nowMs();
    this.position = earlier?.position ?? {
      name: start.machine.definition.StartAt,
      input: JSON.parse(start.input),
      variables: {},
    };
    this.ended = new Promise((resolve) => (this.#settle = resolve));
    this.history = new History(start.clock, start.onEvent, earlier?.events);
    this.#begin();
    // A redrive restarts the machine's timeout.
    this.#timeout = this.#limit(start.machine.definition.TimeoutSeconds);
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
    return this.#clock.setTimer(timeoutSeconds * 1000, () => {
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
