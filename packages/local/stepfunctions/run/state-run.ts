import type { LocalClock } from '../../clock/local-clock.ts';
import type { State } from '../definition/definition.ts';
import type { Execution, Position } from './execution.ts';
import { assignDetail, inputDetail, outputDetail } from './history.ts';
import { MAX_ASSIGN_BYTES, MAX_PAYLOAD_BYTES, payloadBytes } from '../limits.ts';
import type { InvokeLambda } from './machine.ts';
import { dataLimitExceeded, EvaluationError, StateError } from './state-error.ts';
import { evaluateTemplate } from '../expressions/template.ts';

/** What the interpreter needs to run a state. */
export interface InterpreterDeps {
  readonly execution: Execution;
  readonly clock: LocalClock;
  readonly invokeLambda: InvokeLambda;
}

/** The result of a state. `next` is undefined at the end of the machine. */
export interface Outcome {
  readonly next: string | undefined;
  readonly output: unknown;
}

/** The Output and Assign of a state, a choice rule or a catcher. */
export interface OutputFields {
  readonly Output?: unknown;
  readonly Assign?: Readonly<Record<string, unknown>> | undefined;
}

/** What expressions can access besides input, context and variables. */
export interface ExtraBindings {
  readonly result?: unknown;
  readonly errorOutput?: unknown;
}

/** One run of a state: its events, its context object, and the evaluation of its fields. */
export class StateRun {
  readonly name: string;
  readonly input: unknown;
  readonly execution: Execution;
  readonly clock: LocalClock;
  readonly invokeLambda: InvokeLambda;
  readonly enteredId: number;
  readonly enteredMs: number;
  retryCount = 0;
  readonly #type: State['Type'];
  readonly #beforeId: number;
  readonly #variables: Readonly<Record<string, unknown>>;

  /**
   * Enters the state at the execution's position. A redriven execution has entered it already and does not
   * enter it again.
   */
  constructor(deps: InterpreterDeps, state: State) {
    const { execution } = deps;
    const { name, input, variables, entered } = execution.position;
    this.name = name;
    this.input = input;
    this.execution = execution;
    this.clock = deps.clock;
    this.invokeLambda = deps.invokeLambda;
    this.#type = state.Type;
    this.#variables = variables;
    const { id, beforeId, atMs } = entered ?? this.#enter();
    this.enteredId = id;
    this.#beforeId = beforeId;
    this.enteredMs = atMs;
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

  /**
   * Evaluates a field. A failure is recorded in the history and thrown as a `StateError`, which a Task's
   * Catch can match.
   */
  async evaluate(template: unknown, field: string, extra: ExtraBindings = {}): Promise<unknown> {
    try {
      const scope = { input: this.input, ...extra, context: this.#context(), variables: this.#variables };
      return await evaluateTemplate(template, scope, { field, nowMs: () => this.clock.nowMs() });
    } catch (error) {
      if (error instanceof EvaluationError)
        throw this.evaluationFailed(error.location, error.message, this.#beforeId);
      throw error;
    }
  }

  /**
   * Records EvaluationFailed and returns the error to throw. The previous event is that of AWS: the state's
   * entry, or the event before it.
   */
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

  /** An error of the state, with AWS's text. */
  failure(error: string, message: string): StateError {
    const where = `An error occurred while executing the state '${this.name}' (entered at the event id #${this.enteredId}).`;
    return new StateError(error, `${where} ${message}`);
  }

  /**
   * Evaluates Output (by default `otherwise`) and Assign, both with the variables before the state, and exits
   * the state.
   */
  async leave(
    next: string | undefined,
    fields: OutputFields,
    otherwise: unknown,
    extra: ExtraBindings = {},
    path = '',
  ): Promise<Outcome> {
    const output =
      fields.Output === undefined ? otherwise : await this.evaluate(fields.Output, `${path}Output`, extra);
    if (payloadBytes(output) > MAX_PAYLOAD_BYTES) throw dataLimitExceeded(this.name);
    const assigned = await this.#assign(fields.Assign, `${path}Assign`, extra);
    const details = { name: this.name, ...outputDetail(output), ...assignDetail(assigned) };
    if (this.#type !== 'Fail')
      this.execution.history.append(`${this.#type}StateExited`, { stateExitedEventDetails: details });
    // In one step with its event: what is saved never has an exit without the state that follows.
    if (next !== undefined)
      this.execution.position = {
        name: next,
        input: output,
        variables: { ...this.#variables, ...assigned },
      };
    return { next, output };
  }

  async #assign(
    assign: OutputFields['Assign'],
    field: string,
    extra: ExtraBindings,
  ): Promise<Readonly<Record<string, unknown>>> {
    const assigned = await this.evaluate(assign ?? {}, field, extra);
    if (payloadBytes(assigned) > MAX_ASSIGN_BYTES) throw dataLimitExceeded(this.name);
    return { ...(assigned as Record<string, unknown>) };
  }

  /**
   * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html. Only a state that can be retried has a
   * RetryCount: in executions recorded on AWS, a Pass has none.
   */
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
        EnteredTime: new Date(this.enteredMs).toISOString(),
        ...(this.#type === 'Task' && { RetryCount: this.retryCount }),
      },
      StateMachine: { Id: machine.arn, Name: machine.name },
    };
  }
}
