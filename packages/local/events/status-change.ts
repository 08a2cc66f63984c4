import type { ExecutionView } from '../stepfunctions/run/execution.ts';
import { notRedrivable, redriveStatus } from '../stepfunctions/run/redrive.ts';
import { type BusEvent, busEvent } from './types.ts';

/**
 * Longer data, when escaped, is omitted:
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
const MAX_DATA_BYTES = 248 * 1024;

const escapedBytes = (text: string | undefined): number =>
  text === undefined ? 0 : Buffer.byteLength(JSON.stringify(text), 'utf8');

/** `included: false` means that the data exists but is omitted. */
const dataField = (name: 'input' | 'output', text: string | undefined, fits: boolean): object => ({
  [name]: fits ? (text ?? null) : null,
  [`${name}Details`]: text === undefined ? null : { included: fits },
});

/** Times are milliseconds since 1970. */
function detailOf(execution: ExecutionView, atMs: number): Record<string, unknown> {
  const { arn, stateMachineArn, name, status, startMs, stopMs, input, output, error, cause } = execution;
  const outputFits = escapedBytes(output) <= MAX_DATA_BYTES;
  const inputFits = escapedBytes(input) + (outputFits ? escapedBytes(output) : 0) <= MAX_DATA_BYTES;
  return {
    executionArn: arn,
    stateMachineArn,
    stateMachineVersionArn: null,
    stateMachineAliasArn: null,
    name,
    status,
    startDate: startMs,
    stopDate: stopMs ?? null,
    ...dataField('input', input, inputFits),
    ...dataField('output', output, outputFits),
    error: error ?? null,
    cause: cause ?? null,
    redriveCount: execution.redriveCount,
    redriveDate: execution.redriveMs ?? null,
    redriveStatusReason: null,
    ...redriveStatus(notRedrivable(execution, atMs)),
  };
}

export const statusChangeEvent = (execution: ExecutionView, id: string, atMs: number): BusEvent =>
  busEvent({
    id,
    detailType: 'Step Functions Execution Status Change',
    source: 'aws.states',
    atMs,
    resources: [execution.arn],
    detail: detailOf(execution, atMs),
  });
