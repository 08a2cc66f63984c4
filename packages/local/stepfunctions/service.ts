import type { Call, RawRequest, RawResponse, Service } from '../gateway/service.ts';
import { AwsError } from '../gateway/service.ts';
import { Execution, type ExecutionView } from './run/execution.ts';
import { operations } from './operations.ts';
import { parseDefinition } from './definition/parse-definition.ts';
import type { ExecutionEvent, ServiceOptions } from './registry.ts';
import { ExecutionRegistry } from './registry.ts';
import type { SavedExecution } from './snapshot.ts';
import { errorResponse, jsonResponse, operationOf, readBody } from './wire.ts';

/** A state machine of the template. */
export interface MachineRegistration {
  readonly arn: string;
  readonly name: string;
  /** JSON text or its value. */
  readonly definition: unknown;
  readonly roleArn: string;
  readonly loggingConfiguration?: unknown;
  readonly tracing?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * AWS Step Functions, Standard workflows in JSONata, with the operations that Taskbound calls
 * (`operations.ts`). The template loader adds machines with `register`. Executions run on the given clock.
 */
export class StepFunctionsService implements Service {
  readonly signingName = 'states';
  readonly #registry: ExecutionRegistry;

  constructor(options: ServiceOptions) {
    this.#registry = new ExecutionRegistry(options);
  }

  /**
   * Adds or replaces a machine. Running executions keep the definition they were started with. Throws
   * `DefinitionError`.
   */
  register(machine: MachineRegistration): void {
    const { arn, name, roleArn, definition, loggingConfiguration, tracing, tags = {} } = machine;
    this.#registry.machines.set(arn, {
      arn,
      name,
      roleArn,
      definition: parseDefinition(definition),
      definitionText: typeof definition === 'string' ? definition : JSON.stringify(definition),
      createdMs: this.#registry.machines.get(arn)?.createdMs ?? this.#registry.options.clock.nowMs(),
      loggingConfiguration: loggingConfiguration ?? { level: 'OFF', includeExecutionData: false },
      tracingEnabled: tracing ?? false,
      tags,
    });
  }

  /** Deletes a machine. Running executions end at their next transition. */
  unregister(arn: string): void {
    this.#registry.remove(arn);
  }

  async handle(request: RawRequest, call: Call): Promise<RawResponse> {
    const name = operationOf(request);
    const operation = operations.get(name ?? '');
    if (operation === undefined) {
      const supported = [...operations.keys()].join(', ');
      throw new AwsError(
        'UnknownOperationException',
        `The embedded Step Functions does not support the operation '${name ?? ''}'; it supports ${supported}`,
      );
    }
    return jsonResponse(200, call.requestId, operation(this.#registry, readBody(request), call));
  }

  renderError(error: AwsError, call: { readonly requestId: string }): RawResponse {
    return errorResponse(error, call.requestId);
  }

  execution(arn: string): ExecutionView | undefined {
    return this.#registry.executions.get(arn);
  }

  executions(): readonly ExecutionView[] {
    return [...this.#registry.executions.values()];
  }

  /** Stops an execution, without authorization. Does nothing when it is unknown or has ended. */
  abort(executionArn: string): void {
    const execution = this.#registry.executions.get(executionArn);
    if (execution instanceof Execution && execution.status === 'RUNNING')
      execution.abort(undefined, undefined);
  }

  /** Starts an execution, without authorization. Throws `AwsError` like StartExecution. */
  start(stateMachineArn: string, name: string, input: string): ExecutionView {
    return this.#registry.start(stateMachineArn, name, input);
  }

  /** Redrives an execution, without authorization. Throws `AwsError` like RedriveExecution. */
  redrive(executionArn: string): void {
    this.#registry.redrive(executionArn, undefined);
  }

  /** The names of all states of all machines, in order of definition. */
  stateNames(): string[] {
    return [...this.#registry.machines.values()].flatMap(({ definition }) => [...definition.States.keys()]);
  }

  /** The states of a machine, in order of definition. */
  states(stateMachineArn: string): { readonly name: string; readonly type: string }[] {
    const states = this.#registry.machines.get(stateMachineArn)?.definition.States ?? new Map();
    return [...states].map(([name, { Type }]) => ({ name, type: Type }));
  }

  /** Calls `listener` with each history event. Returns a function that unsubscribes. */
  onEvent(listener: (event: ExecutionEvent) => void): () => void {
    this.#registry.eventListeners.add(listener);
    return () => this.#registry.eventListeners.delete(listener);
  }

  /** Calls `listener` when an execution ends. Returns a function that unsubscribes. */
  onStatusChange(listener: (execution: ExecutionView) => void): () => void {
    this.#registry.endListeners.add(listener);
    return () => this.#registry.endListeners.delete(listener);
  }

  /** Calls `listener` when an execution starts, is redriven or ends. Returns a function that unsubscribes. */
  onEveryStatus(listener: (execution: ExecutionView) => void): () => void {
    this.#registry.statusListeners.add(listener);
    return () => this.#registry.statusListeners.delete(listener);
  }

  /** Adds saved executions, with the text of their definitions. Those that ran continue when the function that this returns is called. */
  restore(executions: readonly SavedExecution[]): () => void {
    return this.#registry.restore(executions);
  }
}
