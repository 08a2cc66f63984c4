import type { LocalClock } from '../clock/local-clock.ts';
import type { State } from './definition.ts';
import type { Execution, Position } from './execution.ts';
import { assignDetail, inputDetail, outputDetail } from './history.ts';
import { MAX_ASSIGN_BYTES, MAX_PAYLOAD_BYTES, payloadBytes } from './limits.ts';
import type { InvokeLambda } from './machine.ts';
import { dataLimitExceeded, EvaluationError, StateError } from './state-error.ts';
import { evaluateTemplate } from './template.ts';

/** What every state needs of its surroundings. */
export interface Surroundings {
  readonly execution: Execution;
  readonly clock: LocalClock;
  readonly invokeLambda: InvokeLambda;
}

/** How a state ended. `next` is absent at the machine's end. */
export interface Outcome {
  readonly next: string | undefined;
  readonly output: unknown;
  readonly assigned: Readonly<Record<string, unknown>>;
}

/** Where Output and Assign of one way out of a state are written: the state itself, a choice rule, or a catcher. */
export interface OutputFields {
  readonly Output?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>> | undefined;
}

/** What expressions see besides input, context and variables. */
export interface Extra {
  readonly result?: unknown;
  readonly errorOutput?: unknown;
}

/** One visit to one state: its events, its context object, and the evaluation of its fields. */
export class StateRun {
  readonly name: string;
  readonly input: unknown;
  readonly execution: Execution;
  readonly clock: LocalClock;
  readonly invokeLambda: InvokeLambda;
  readonly enteredId: number;
  retryCount = 0;
  readonly #type: State['Type'];
  readonly #enteredMs: number;
  readonly #beforeId: number;
  readonly #variables: Readonly<Record<string, unknown>>;

  /** Enters the state that the execution's position names; a redriven execution is in it already, and enters it no second time. */
  constructor(around: Surroundings, state: State) {
    const { execution } = around;
    const { name, input, variables, entered } = execution.position;
    this.name = name;
    this.input = input;
    this.execution = execution;
    this.clock = around.clock;
    this.invokeLambda = around.invokeLambda;
    this.#type = state.Type;
    this.#variables = variables;
    const { id, beforeId, atMs } = entered ?? this.#enter();
    this.enteredId = id;
    this.#beforeId = beforeId;
    this.#enteredMs = atMs;
  }

  #enter(): NonNullable<Position['entered']> {
    const { history, position } = this.execution;
    const beforeId = history.lastId === 1 ? 0 : history.lastId;
    const details = { name: this.name, ...inputDetail(this.input) };
    const id = history.append(`${this.#type}StateEntered`, { stateEnteredEventDetails: details }, beforeId);
    const entered = { id, beforeId, atMs: this.clock.nowMs() };
    this.execution.position = { ...position, entered };
    return entered;
  }

  /** Evaluates one field. What fails is in the history and comes back as a `StateError` that a Task's Catch can see. */
  async evaluate(template: unknown, field: string, extra: Extra = {}): Promise<unknown> {
    try {
      const scope = { input: this.input, ...extra, context: this.#context(), variables: this.#variables };
      return await evaluateTemplate(template, scope, { field, nowMs: () => this.clock.nowMs() });
    } catch (error) {
      if (error instanceof EvaluationError)
        throw this.evaluationFailed(error.location, error.message, this.#beforeId);
      throw error;
    }
  }

  /** Writes EvaluationFailed and gives the error to throw. The event's predecessor is as recorded: the one before the state, or the state's own. */
  evaluationFailed(location: string, message: string, previousEventId = this.enteredId): StateError {
    const failure = this.failure('States.QueryEvaluationError', message);
    const details = { state: this.name, error: failure.name, cause: failure.cause, location };
    this.execution.history.append(
      'EvaluationFailed',
      { evaluationFailedEventDetails: details },
      previousEventId,
    );
    return failure;
  }

  /** An error of the state itself, in AWS's words. */
  failure(error: string, message: string): StateError {
    const where = `An error occurred while executing the state '${this.name}' (entered at the event id #${this.enteredId}).`;
    return new StateError(error, `${where} ${message}`);
  }

  /** Evaluates Output (or passes `otherwise` on) and Assign, both from the variables before, and leaves the state. */
  async leave(
    next: string | undefined,
    fields: OutputFields,
    otherwise: unknown,
    extra: Extra = {},
    path = '',
  ): Promise<Outcome> {
    const output =
      fields.Output === undefined ? otherwise : await this.evaluate(fields.Output, `${path}Output`, extra);
    if (payloadBytes(output) > MAX_PAYLOAD_BYTES) throw dataLimitExceeded(this.name);
    const assigned = await this.#assign(fields.Assign, `${path}Assign`, extra);
    const details = { name: this.name, ...outputDetail(output), ...assignDetail(assigned) };
    if (this.#type !== 'Fail')
      this.execution.history.append(`${this.#type}StateExited`, { stateExitedEventDetails: details });
    return { next, output, assigned };
  }

  async #assign(
    assign: OutputFields['Assign'],
    field: string,
    extra: Extra,
  ): Promise<Readonly<Record<string, unknown>>> {
    const assigned = await this.evaluate(assign ?? {}, field, extra);
    if (payloadBytes(assigned) > MAX_ASSIGN_BYTES) throw dataLimitExceeded(this.name);
    return { ...(assigned as Record<string, unknown>) };
  }

  /** https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
  #context(): unknown {
    const { arn, name, input, startMs, machine, redriveCount, redriveMs } = this.execution;
    return {
      Execution: {
        Id: arn,
        Input: JSON.parse(input),
        Name: name,
        RoleArn: machine.roleArn,
        StartTime: new Date(startMs).toISOString(),
        RedriveCount: redriveCount,
        ...(redriveMs !== undefined && { RedriveTime: new Date(redriveMs).toISOString() }),
      },
      State: {
        Name: this.name,
        EnteredTime: new Date(this.#enteredMs).toISOString(),
        RetryCount: this.retryCount,
      },
      StateMachine: { Id: machine.arn, Name: machine.name },
    };
  }
}
