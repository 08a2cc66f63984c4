import { ownEntry } from '../calls/entry-of.ts';
import { textIn, type TrailEvent } from '../trail/trail-event.ts';
import { arnAt, requiredPermission, type RequiredPermission } from './required-permission.ts';

/** A call on one resource, which one field of the parameters names. */
interface SimpleCall {
  readonly action: string;
  readonly field: string;
  /** Makes the ARN, if the field contains only a name. */
  readonly arn?: (name: string, event: TrailEvent) => string;
}

const functionArn = (name: string, event: TrailEvent): string => arnAt(event, 'lambda', `function:${name}`);
const parameterArn = (name: string, event: TrailEvent): string =>
  arnAt(event, 'ssm', `parameter/${name.replace(/^\//, '')}`);
/** `https://sqs.<region>.amazonaws.com/<account>/<name>` */
function queueArn(url: string, event: TrailEvent): string {
  const [accountId = '', name = ''] = url.split('/').slice(-2);
  return arnAt({ region: event.region, accountId }, 'sqs', name);
}

/**
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const SIMPLE_CALLS: Readonly<Record<string, SimpleCall>> = {
  'sts:AssumeRole': { action: 'sts:AssumeRole', field: 'roleArn' },
  'lambda:Invoke': { action: 'lambda:InvokeFunction', field: 'functionName', arn: functionArn },
  'states:StartExecution': { action: 'states:StartExecution', field: 'stateMachineArn' },
  'states:StartSyncExecution': { action: 'states:StartSyncExecution', field: 'stateMachineArn' },
  'states:DescribeExecution': { action: 'states:DescribeExecution', field: 'executionArn' },
  'sns:Publish': { action: 'sns:Publish', field: 'topicArn' },
  'sqs:SendMessage': { action: 'sqs:SendMessage', field: 'queueUrl', arn: queueArn },
  'sqs:ReceiveMessage': { action: 'sqs:ReceiveMessage', field: 'queueUrl', arn: queueArn },
  'sqs:DeleteMessage': { action: 'sqs:DeleteMessage', field: 'queueUrl', arn: queueArn },
  'ssm:GetParameter': { action: 'ssm:GetParameter', field: 'name', arn: parameterArn },
};

export const simpleActionOf = (call: string): string | undefined => ownEntry(SIMPLE_CALLS, call)?.action;

/**
 * Needs no permission, and no policy can deny it:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
const NEEDS_NO_PERMISSION = 'sts:GetCallerIdentity';

export function otherPermissions(
  prefix: string,
  event: TrailEvent,
): readonly RequiredPermission[] | undefined {
  const call = `${prefix}:${event.name}`;
  if (call === NEEDS_NO_PERMISSION) return [];
  const simple = ownEntry(SIMPLE_CALLS, call);
  if (simple === undefined) return undefined;
  const value = textIn(event.parameters, simple.field);
  if (value === '') return undefined;
  if (value.startsWith('arn:')) return [requiredPermission(simple.action, value)];
  return simple.arn === undefined ? undefined : [requiredPermission(simple.action, simple.arn(value, event))];
}
