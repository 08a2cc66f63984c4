import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { randomUUID } from 'node:crypto';
import { AwsError } from '../gateway/service.ts';
import type { LocalClock } from '../clock/local-clock.ts';
import { errorMessage } from '../helpers/error-message.ts';
import type { ExecutionStart, ExecutionView } from './run/execution.ts';
import { parseDefinition } from './definition/parse-definition.ts';
import { Execution } from './run/execution.ts';
import { interpret } from './run/interpreter.ts';
import type { Changes } from '../state/changes.ts';
import { ExecutionChanges } from './saved-executions.ts';
import { endedView, type SavedExecution } from './snapshot.ts';
import { NAME_REUSE_MS } from './limits.ts';
import type { InvokeLambda, Machine } from './run/machine.ts';
import { notRedrivable, RedriveTokens } from './run/redrive.ts';

export interface ServiceOptions {
  readonly clock: LocalClock;
  readonly region: string;
  readonly accountId: string;
  readonly invokeLambda: InvokeLambda;
  readonly changes?: Changes;
}

/** A machine with the fields that DescribeStateMachine returns. */
export interface RegisteredMachine extends Machine {
  /** JSON text. */
  readonly definitionText: string;
  readonly createdMs: number;
  readonly loggingConfiguration: unknown;
  readonly tracingEnabled: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

export interface ExecutionEvent {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly event: HistoryEvent;
}

/** The machines and executions of the service, and the rules for starting an execution. */
export class ExecutionRegistry {
  readonly machines = new Map<string, RegisteredMachine>();
  readonly executions = new Map<string, ExecutionView>();
  readonly eventListeners = new Set<(event: ExecutionEvent) => void>();
  readonly endListeners = new Set<(execution: ExecutionView) => void>();
  /** Called when an execution starts, is redriven or ends. */
  readonly statusListeners = new Set<(execution: ExecutionView) => void>();
  readonly #tokens = new RedriveTokens();
  /** Executions of deleted machines, each with all executions of its machine. */
  readonly #ofDeletedMachines = new Map<string, readonly ExecutionView[]>();
  readonly options: ServiceOptions;
  readonly #changes: ExecutionChanges | undefined;

  constructor(options: ServiceOptions) {
    this.options = options;
    this.#changes = options.changes && new ExecutionChanges(options.changes);
  }

  /** Adds executions that were saved. Those that ran continue when the function that this returns is called. */
  restore(saved: readonly SavedExecution[]): () => void {
    const running = saved.filter(({ status }) => status === 'RUNNING');
    for (const execution of saved)
      this.executions.set(execution.arn, endedView(execution, this.options.clock.nowMs()));
    return () => {
      for (const execution of running) this.#resume(execution);
    };
  }

  /** Continues an execution with the definition it was started with. One that cannot continue is ABORTED, as its event tells. */
  #resume(saved: SavedExecution): void {
    const { arn, name, input, startMs, redriveCount, redriveMs, events, position } = saved;
    const machine = machineOf(saved);
    if (machine === undefined || position === undefined) return this.#noteAborted(arn);
    const { entered, ...rest } = position;
    const at = { ...rest, ...(entered !== undefined && { entered }) };
    this.#begin({
      ...{ arn, name, machine, input },
      saved: { startMs, redriveCount, redriveMs, events, position: at },
    });
  }

  #noteAborted(arn: string): void {
    const aborted = this.execution(arn);
    const end = aborted.events.at(-1);
    if (end !== undefined) this.#changes?.event(aborted, end);
    this.#changes?.head(aborted);
    this.#ended(arn);
  }

  machine(arn: string): RegisteredMachine {
    const machine = this.machines.get(arn);
    if (machine === undefined)
      throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return machine;
  }

  /**
   * Deletes a machine. Running executions end at their next transition. After the last one ended, all are
   * unknown. https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html
   */
  remove(machineArn: string): void {
    if (!this.machines.delete(machineArn)) return;
    const orphaned = [...this.executions.values()].filter(
      ({ stateMachineArn }) => stateMachineArn === machineArn,
    );
    for (const execution of orphaned) {
      this.#ofDeletedMachines.set(execution.arn, orphaned);
      if (execution instanceof Execution) execution.markMachineDeleted();
    }
  }

  /** Throws ExecutionDoesNotExist, also for the executions of a machine whose deletion is complete. */
  execution(arn: string): ExecutionView {
    const execution = this.executions.get(arn);
    const isGone = this.#ofDeletedMachines.get(arn)?.every(({ status }) => status !== 'RUNNING') === true;
    if (execution === undefined || isGone)
      throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  }

  /** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
  start(machineArn: string, givenName: string | undefined, input: string): ExecutionView {
    const machine = this.machine(machineArn);
    const name = givenName ?? randomUUID();
    checkName(name);
    checkInput(input);
    const { region, accountId } = this.options;
    const partition = machineArn.split(':')[1] ?? 'aws';
    const arn = `arn:${partition}:states:${region}:${accountId}:execution:${machine.name}:${name}`;
    const earlier = this.executions.get(arn);
    if (earlier?.status === 'RUNNING' && earlier.input === input) return earlier;
    if (earlier !== undefined && !this.#nameIsFree(earlier)) {
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    return this.#begin({ arn, name, machine, input });
  }

  /**
   * Redrives an execution and returns the time, milliseconds. A repeated token changes nothing. Throws
   * ExecutionNotRedrivable.
   * https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
   */
  redrive(arn: string, token: string | undefined): number {
    const earlier = this.execution(arn);
    const nowMs = this.options.clock.nowMs();
    const known = token === undefined ? undefined : this.#tokens.find(arn, token, nowMs);
    if (known !== undefined) return known;
    const refusal = notRedrivable(earlier, nowMs);
    if (refusal !== undefined || !(earlier instanceof Execution))
      throw new AwsError('ExecutionNotRedrivable', `Execution '${arn}' cannot be redriven: ${refusal ?? ''}`);
    const { name, machine, input } = earlier;
    this.#begin({ arn, name, machine, input, earlier });
    if (token !== undefined) this.#tokens.add(arn, token, nowMs);
    return nowMs;
  }

  #nameIsFree(earlier: ExecutionView): boolean {
    return earlier.stopMs !== undefined && this.options.clock.nowMs() >= earlier.stopMs + NAME_REUSE_MS;
  }

  #begin(start: Omit<ExecutionStart, 'clock' | 'onEvent' | 'onEnd'>): Execution {
    const { clock, invokeLambda, region } = this.options;
    const { arn, machine } = start;
    // The first event is made before the execution is complete.
    const early: HistoryEvent[] = [];
    let noteEvent = (event: HistoryEvent): unknown => early.push(event);
    const execution: Execution = new Execution({
      ...{ ...start, clock },
      onEvent: (event) => {
        noteEvent(event);
        this.#notify(arn, machine.arn, event);
      },
      onPosition: () => this.#changes?.head(execution),
      onEnd: () => this.#ended(arn),
    });
    noteEvent = (event) => this.#changes?.event(execution, event);
    early.forEach(noteEvent);
    this.executions.set(arn, execution);
    this.#changes?.head(execution);
    this.#ofDeletedMachines.delete(arn);
    if (start.saved === undefined) this.#announce(execution);
    void interpret({ execution, clock, invokeLambda }, region);
    return execution;
  }

  #announce(execution: ExecutionView): void {
    for (const listener of this.statusListeners) listener(execution);
  }

  #notify(executionArn: string, stateMachineArn: string, event: HistoryEvent): void {
    for (const listener of this.eventListeners) listener({ executionArn, stateMachineArn, event });
  }

  #ended(arn: string): void {
    const ended = this.executions.get(arn);
    if (ended === undefined) return;
    this.#changes?.head(ended);
    for (const listeners of [this.endListeners, this.statusListeners])
      for (const listener of listeners) listener(ended);
  }
}

/**
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html, limited to the
 * characters that CloudWatch can log.
 */
function checkName(name: string): void {
  if (/^[0-9A-Za-z_-]{1,80}$/.test(name)) return;
  throw new AwsError('InvalidName', `Invalid Name: '${name}' (1 to 80 of 0-9 A-Z a-z _ - are allowed)`);
}

function checkInput(input: string): void {
  try {
    JSON.parse(input);
  } catch (error) {
    const reason = errorMessage(error);
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${reason}'`);
  }
}

/** The machine as it was when the execution started; undefined when it is not known or is not a definition any more. */
function machineOf({ machine, stateMachineArn: arn }: SavedExecution): RegisteredMachine | undefined {
  if (machine === undefined) return undefined;
  const { name, roleArn, definition: definitionText } = machine;
  try {
    const definition = parseDefinition(definitionText);
    return {
      arn,
      name,
      roleArn,
      definition,
      definitionText,
      createdMs: 0,
      loggingConfiguration: {},
      tracingEnabled: false,
      tags: {},
    };
  } catch (error) {
    if (error instanceof Error && error.name === 'DefinitionError') return undefined;
    throw error;
  }
}
