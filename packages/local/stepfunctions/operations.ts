import type { Call } from '../gateway/service.ts';
import { AwsError } from '../gateway/service.ts';
import type { ExecutionView } from './run/execution.ts';
import { Execution } from './run/execution.ts';
import { notRedrivable, redriveStatus } from './run/redrive.ts';
import type { ExecutionRegistry, RegisteredMachine } from './registry.ts';
import { checkArn, pageOf, readRequest, requests } from './requests.ts';
import { wireEvent, wireTime } from './wire.ts';

/** An API operation: authorizes, records, acts, and returns the JSON body of the response. */
export type Operation = (registry: ExecutionRegistry, body: unknown, call: Call) => unknown;

/**
 * The resource of each action:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
 */
function authorizeAndRecord(
  call: Call,
  eventName: string,
  kind: 'stateMachine' | 'execution',
  arn: string,
  extra: Record<string, unknown> = {},
): void {
  checkArn(arn, kind);
  call.record({
    eventName,
    requestParameters: { [`${kind}Arn`]: arn, ...extra },
    resources: [
      {
        ARN: arn,
        type: kind === 'execution' ? 'AWS::StepFunctions::Execution' : 'AWS::StepFunctions::StateMachine',
      },
    ],
    readOnly: !['StartExecution', 'StopExecution', 'RedriveExecution'].includes(eventName),
  });
  call.authorize({ action: `states:${eventName}`, resource: arn });
}

/** CloudTrail's placeholder for omitted data. */
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

const startExecution: Operation = (registry, body, call) => {
  const { stateMachineArn, name, input = '{}' } = readRequest(requests.startExecution, body);
  authorizeAndRecord(call, 'StartExecution', 'stateMachine', stateMachineArn, { name, input: HIDDEN });
  const execution = registry.start(stateMachineArn, name, input);
  const response = { executionArn: execution.arn, startDate: wireTime(execution.startMs) };
  call.record({ responseElements: { ...response, startDate: new Date(execution.startMs).toISOString() } });
  return response;
};

const describeExecution: Operation = (registry, body, call) => {
  const { executionArn } = readRequest(requests.describeExecution, body);
  authorizeAndRecord(call, 'DescribeExecution', 'execution', executionArn);
  const execution = registry.execution(executionArn);
  const { input, output, error, cause } = execution;
  const included = { included: true };
  const data = {
    input,
    inputDetails: included,
    ...(output === undefined ? {} : { output, outputDetails: included }),
  };
  const refusal = notRedrivable(execution, registry.options.clock.nowMs());
  return { ...summary(execution), ...data, error, cause, ...redriveStatus(refusal) };
};

function summary(execution: ExecutionView): Record<string, unknown> {
  const {
    arn: executionArn,
    name,
    stateMachineArn,
    status,
    startMs,
    stopMs,
    redriveCount,
    redriveMs,
  } = execution;
  const stop = stopMs === undefined ? {} : { stopDate: wireTime(stopMs) };
  const redrive = redriveMs === undefined ? {} : { redriveDate: wireTime(redriveMs) };
  return {
    ...{ executionArn, name, stateMachineArn, status, startDate: wireTime(startMs) },
    ...{ ...stop, redriveCount, ...redrive },
  };
}

const getExecutionHistory: Operation = (registry, body, call) => {
  const asked = readRequest(requests.getExecutionHistory, body);
  authorizeAndRecord(call, 'GetExecutionHistory', 'execution', asked.executionArn);
  const { events } = registry.execution(asked.executionArn);
  const { items, nextToken } = pageOf(asked.reverseOrder === true ? events.toReversed() : events, asked);
  return { events: items.map((event) => wireEvent(event, asked.includeExecutionData !== false)), nextToken };
};

/** For an execution that has ended, AWS returns the time of its end and changes nothing. */
const stopExecution: Operation = (registry, body, call) => {
  const { executionArn, error, cause } = readRequest(requests.stopExecution, body);
  authorizeAndRecord(call, 'StopExecution', 'execution', executionArn, {
    error,
    cause: cause === undefined ? undefined : HIDDEN,
  });
  const execution = registry.execution(executionArn);
  if (execution instanceof Execution && execution.status === 'RUNNING') execution.abort(error, cause);
  if (execution.stopMs === undefined)
    throw new AwsError('InternalError', `Execution ${executionArn} did not stop`, 500);
  call.record({ responseElements: { stopDate: new Date(execution.stopMs).toISOString() } });
  return { stopDate: wireTime(execution.stopMs) };
};

const redriveExecution: Operation = (registry, body, call) => {
  const { executionArn, clientToken } = readRequest(requests.redriveExecution, body);
  authorizeAndRecord(call, 'RedriveExecution', 'execution', executionArn, { clientToken });
  const redriveMs = registry.redrive(executionArn, clientToken);
  call.record({ responseElements: { redriveDate: new Date(redriveMs).toISOString() } });
  return { redriveDate: wireTime(redriveMs) };
};

/**
 * Lists the newest first:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
 */
const listExecutions: Operation = (registry, body, call) => {
  const asked = readRequest(requests.listExecutions, body);
  authorizeAndRecord(call, 'ListExecutions', 'stateMachine', asked.stateMachineArn);
  registry.machine(asked.stateMachineArn);
  const newestFirst = [...registry.executions.values()]
    .filter((execution) => execution.stateMachineArn === asked.stateMachineArn)
    .filter((execution) => asked.statusFilter === undefined || execution.status === asked.statusFilter)
    .reverse()
    .sort((a, b) => b.startMs - a.startMs);
  const { items, nextToken } = pageOf(newestFirst, asked);
  return { executions: items.map(summary), nextToken };
};

const describeStateMachine: Operation = (registry, body, call) => {
  const { stateMachineArn } = readRequest(requests.describeStateMachine, body);
  authorizeAndRecord(call, 'DescribeStateMachine', 'stateMachine', stateMachineArn);
  const machine = registry.machine(stateMachineArn);
  return {
    ...describeMachine(machine),
    status: 'ACTIVE',
    type: 'STANDARD',
    creationDate: wireTime(machine.createdMs),
  };
};

function describeMachine(machine: RegisteredMachine): Record<string, unknown> {
  return {
    stateMachineArn: machine.arn,
    name: machine.name,
    definition: machine.definitionText,
    roleArn: machine.roleArn,
    loggingConfiguration: machine.loggingConfiguration,
    tracingConfiguration: { enabled: machine.tracingEnabled },
  };
}

/** An execution keeps the definition that it was started with; one that ended before a restart has that of its machine. */
const describeStateMachineForExecution: Operation = (registry, body, call) => {
  const { executionArn } = readRequest(requests.describeStateMachineForExecution, body);
  authorizeAndRecord(call, 'DescribeStateMachineForExecution', 'execution', executionArn);
  const execution = registry.execution(executionArn);
  const current = registry.machine(execution.stateMachineArn);
  const started = execution instanceof Execution ? { ...current, ...execution.machine } : current;
  return { ...describeMachine(started), updateDate: wireTime(current.createdMs) };
};

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachines.html. The action has no resource. */
const listStateMachines: Operation = (registry, body, call) => {
  const asked = readRequest(requests.listStateMachines, body);
  call.record({ eventName: 'ListStateMachines', readOnly: true });
  call.authorize({ action: 'states:ListStateMachines', resource: '*' });
  const machines = [...registry.machines.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const { items, nextToken } = pageOf(machines, asked);
  const stateMachines = items.map(({ arn, name, createdMs }) => ({
    ...{ stateMachineArn: arn, name, type: 'STANDARD', creationDate: wireTime(createdMs) },
  }));
  return { stateMachines, nextToken };
};

const listTagsForResource: Operation = (registry, body, call) => {
  const { resourceArn } = readRequest(requests.listTagsForResource, body);
  authorizeAndRecord(call, 'ListTagsForResource', 'stateMachine', resourceArn);
  const tags = Object.entries(registry.machine(resourceArn).tags);
  return { tags: tags.map(([key, value]) => ({ key, value })) };
};

export const operations: ReadonlyMap<string, Operation> = new Map([
  ['StartExecution', startExecution],
  ['DescribeExecution', describeExecution],
  ['GetExecutionHistory', getExecutionHistory],
  ['StopExecution', stopExecution],
  ['RedriveExecution', redriveExecution],
  ['ListExecutions', listExecutions],
  ['DescribeStateMachine', describeStateMachine],
  ['DescribeStateMachineForExecution', describeStateMachineForExecution],
  ['ListStateMachines', listStateMachines],
  ['ListTagsForResource', listTagsForResource],
]);
