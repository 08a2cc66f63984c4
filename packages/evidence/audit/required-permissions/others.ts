import { entryOf } from '../calls/entry-of.ts';
import { textIn, type TrailEvent } from '../trail/trail-event.ts';
import { arnAt, need, type Need } from './required-permission.ts';

/** One call on one resource, named by one field. */
interface Simple {
  readonly action: string;
  readonly field: string;
  /** The ARN of a resource that the field gives by name only. */
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

/** https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
const SIMPLE: Readonly<Record<string, Simple>> = {
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

export const simpleActionOf = (call: string): string | undefined => entryOf(SIMPLE, call)?.action;

/** Asks no permission, and no policy can take it away: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const FREE = 'sts:GetCallerIdentity';

export function otherNeeds(prefix: string, event: TrailEvent): readonly Need[] | undefined {
  const call = `${prefix}:${event.name}`;
  if (call === FREE) return [];
  const simple = entryOf(SIMPLE, call);
  if (simple === undefined) return undefined;
  const value = textIn(event.parameters, simple.field);
  if (value === '') return undefined;
  if (value.startsWith('arn:')) return [need(simple.action, value)];
  return simple.arn === undefined ? undefined : [need(simple.action, simple.arn(value, event))];
}
