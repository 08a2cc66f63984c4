import type { Call, Check } from 'taskbound-local/gateway/service';
import { AwsError } from 'taskbound-local/gateway/service';
import type { Changes } from 'taskbound-local/state/changes';
import type { ExecutionView } from '../../../packages/local/stepfunctions/run/execution.ts';
import type { InvokeLambda } from '../../../packages/local/stepfunctions/run/machine.ts';
import { StepFunctionsService } from '../../../packages/local/stepfunctions/service.ts';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';

export const MACHINE_ARN = 'arn:aws:states:eu-central-1:111122223333:stateMachine:Machine';
export const ROLE_ARN = 'arn:aws:iam::111122223333:role/MachineRole';
export const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:work';
export const START_MS = Date.parse('2026-11-23T10:00:00Z');

export type CallRecord = Parameters<Call['record']>[0];

/** A service on a virtual clock, with the API as a plain function. */
export class Harness {
  readonly clock = new VirtualClock({ startMs: START_MS });
  readonly checks: Check[] = [];
  readonly records: CallRecord[] = [];
  readonly service: StepFunctionsService;
  denied: string | undefined;

  constructor(
    invokeLambda: InvokeLambda = () => Promise.reject(new Error('no function expected')),
    changes?: Changes,
  ) {
    this.service = new StepFunctionsService({
      clock: this.clock,
      region: 'eu-central-1',
      accountId: '111122223333',
      invokeLambda,
      ...(changes !== undefined && { changes }),
    });
  }

  register(definition: unknown): void {
    this.service.register({ arn: MACHINE_ARN, name: 'Machine', definition, roleArn: ROLE_ARN });
  }

  /** Calls one operation. Returns the response's body, or throws the error that the gateway would render. */
  async api(operation: string, input: unknown): Promise<Record<string, unknown>> {
    const headers = { 'x-amz-target': `AWSStepFunctions.${operation}` };
    const body = Buffer.from(JSON.stringify(input));
    const response = await this.service.handle({ method: 'POST', path: '/', headers, body }, this.#call());
    return JSON.parse(Buffer.from(response.body).toString('utf8')) as Record<string, unknown>;
  }

  async start(input: unknown = {}, name = 'one'): Promise<string> {
    const started = await this.api('StartExecution', {
      stateMachineArn: MACHINE_ARN,
      name,
      input: JSON.stringify(input),
    });
    return String(started['executionArn']);
  }

  view(arn: string): ExecutionView {
    const view = this.service.execution(arn);
    if (view === undefined) throw new Error(`no execution ${arn}`);
    return view;
  }

  #call(): Call {
    return {
      requestId: 'request-1',
      caller: {
        kind: 'root',
        accountId: '111122223333',
        arn: 'arn:aws:iam::111122223333:root',
        userId: '111122223333',
      },
      atMs: this.clock.nowMs(),
      region: 'eu-central-1',
      authorize: (check) => {
        this.checks.push(check);
        if (this.denied === check.action)
          throw new AwsError('AccessDenied', `not authorized to perform: ${check.action}`, 403);
      },
      record: (fields) => void this.records.push(fields),
    };
  }
}

export interface RunResult {
  readonly status: string;
  readonly output: unknown;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly seconds: number;
  readonly types: readonly string[];
  readonly view: ExecutionView;
  readonly harness: Harness;
}

/** Registers, starts and runs to the end, on virtual time. */
export async function runMachine(
  definition: unknown,
  input: unknown = {},
  invokeLambda?: InvokeLambda,
): Promise<RunResult> {
  const harness = new Harness(invokeLambda);
  harness.register(definition);
  const view = harness.view(await harness.start(input));
  await view.ended;
  const { status, error, cause, output } = view;
  const seconds = ((view.stopMs ?? Number.NaN) - view.startMs) / 1000;
  const types = view.events.map((event) => String(event.type));
  return {
    status,
    error,
    cause,
    output: output === undefined ? undefined : JSON.parse(output),
    seconds,
    types,
    view,
    harness,
  };
}

/** A JSONata machine of the given states; the first is the start. */
export function machine(
  states: Record<string, unknown>,
  rest: Record<string, unknown> = {},
): Record<string, unknown> {
  return { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states, ...rest };
}

/** A lambda:invoke Task. It ends the machine unless `fields` has Next. */
export function task(fields: Record<string, unknown> = {}): Record<string, unknown> {
  const last = 'Next' in fields ? {} : { End: true };
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: 'work' },
    ...last,
    ...fields,
  };
}

export const answer =
  (payload: unknown): InvokeLambda =>
  () =>
    Promise.resolve({ payload, executedVersion: '$LATEST' });

/** A function error, as `invokeLambda` throws it. */
export function lambdaError(name: string, message: string): Error {
  const error = new Error(JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
  error.name = name;
  return error;
}

/** Fails with each of the named errors in turn, then answers. */
export function failWith(names: readonly string[], payload: unknown = 'done'): InvokeLambda {
  const left = [...names];
  return () => {
    const name = left.shift();
    return name === undefined
      ? Promise.resolve({ payload, executedVersion: '7' })
      : Promise.reject(lambdaError(name, 'failed'));
  };
}
