import { AwsError, type Call } from '../gateway/service.ts';
import { type QueryInput, type QueryOperation, required } from '../gateway/wire/query-service.ts';
import type { XmlFields } from '../gateway/wire/xml.ts';
import type { CloudFormation, Stack } from '../cloudformation/cloudformation.ts';
import type { ResolvedResource } from '../template/resolve.ts';
import { toSecond } from '../trail/trail.ts';
import { assertKnown } from './known-parameters.ts';
import { pageOf } from './pages.ts';
import { authorizeRead } from './read-call.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html */
const PAGE = 100;
const STATUS = 'CREATE_COMPLETE';

const listed = <T>(all: readonly T[], input: QueryInput) =>
  pageOf(all, { token: input.get('NextToken'), size: PAGE, invalid: 'ValidationError' });

const describe = ({ logicalId, physicalId, type }: ResolvedResource, timestamp: string): XmlFields => ({
  LogicalResourceId: logicalId,
  PhysicalResourceId: physicalId,
  ResourceType: type,
  ...{ [timestamp]: undefined, ResourceStatus: STATUS },
});

type Stacks = CloudFormation['stacks'];
type Operations = Readonly<Record<string, QueryOperation>>;

function stackOf(stacks: Stacks, input: QueryInput, call: Call, action: string): Stack {
  const name = required(input, 'StackName');
  const stack = [...stacks.values()].find((one) => one.name === name || one.id === name);
  authorizeRead(call, {
    action: `cloudformation:${action}`,
    resource: stack?.id ?? `arn:aws:cloudformation:${call.region}:${call.caller.accountId}:stack/${name}/*`,
    parameters: { stackName: name },
  });
  if (stack === undefined) throw new AwsError('ValidationError', `Stack with id ${name} does not exist`);
  return stack;
}

const resourceOf = (stack: Stack, id: string): ResolvedResource => {
  const resource = stack.resources.find(({ logicalId }) => logicalId === id);
  if (resource === undefined)
    throw new AwsError('ValidationError', `Resource ${id} does not exist for stack ${stack.name}`);
  return resource;
};
const described = (stack: Stack, resource: ResolvedResource): XmlFields => ({
  StackName: stack.name,
  StackId: stack.id,
  ...describe(resource, 'Timestamp'),
  Timestamp: toSecond(stack.createdMs),
});
const summaryOf = (stack: Stack, resource: ResolvedResource): XmlFields => ({
  ...describe(resource, 'LastUpdatedTimestamp'),
  LastUpdatedTimestamp: toSecond(stack.createdMs),
});

/** The calls that describe stacks: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html */
export const cloudformationReads = ({ stacks }: CloudFormation): Operations => ({
  ...listReads(stacks),
  ...stackReads(stacks),
});

const listReads = (stacks: Stacks): Operations => ({
  ListStacks: (input, call) => {
    assertKnown(input, ['NextToken', 'StackStatusFilter']);
    authorizeRead(call, { action: 'cloudformation:ListStacks', resource: '*' });
    const wanted = [...input]
      .filter(([name]) => name.startsWith('StackStatusFilter.'))
      .map(([, value]) => value);
    const all = wanted.length === 0 || wanted.includes(STATUS) ? [...stacks.values()] : [];
    const { items, next } = listed(all, input);
    const StackSummaries = items.map(({ name, id, createdMs }) => ({
      StackId: id,
      StackName: name,
      CreationTime: toSecond(createdMs),
      StackStatus: STATUS,
    }));
    return { StackSummaries, NextToken: next };
  },
  ListExports: (input, call) => {
    assertKnown(input, ['NextToken']);
    authorizeRead(call, { action: 'cloudformation:ListExports', resource: '*' });
    const all = [...stacks.values()].flatMap(({ id, outputs }) =>
      outputs.flatMap(({ exportName, value }) =>
        exportName === undefined ? [] : [{ ExportingStackId: id, Name: exportName, Value: value }],
      ),
    );
    const { items, next } = listed(all, input);
    return { Exports: items, NextToken: next };
  },
});

const stackReads = (stacks: Stacks): Operations => ({
  ListStackResources: (input, call) => {
    assertKnown(input, ['StackName', 'NextToken']);
    const stack = stackOf(stacks, input, call, 'ListStackResources');
    const { items, next } = listed(stack.resources, input);
    return { StackResourceSummaries: items.map((one) => summaryOf(stack, one)), NextToken: next };
  },
  DescribeStackResources: (input, call) => {
    assertKnown(input, ['StackName', 'LogicalResourceId']);
    const stack = stackOf(stacks, input, call, 'DescribeStackResources');
    const id = input.get('LogicalResourceId');
    // At most 100: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
    const found = id === undefined ? stack.resources.slice(0, PAGE) : [resourceOf(stack, id)];
    return { StackResources: found.map((one) => described(stack, one)) };
  },
  DescribeStackResource: (input, call) => {
    assertKnown(input, ['StackName', 'LogicalResourceId']);
    const stack = stackOf(stacks, input, call, 'DescribeStackResource');
    const resource = resourceOf(stack, required(input, 'LogicalResourceId'));
    return {
      StackResourceDetail: { StackName: stack.name, StackId: stack.id, ...summaryOf(stack, resource) },
    };
  },
  DescribeStackEvents: (input, call) => {
    assertKnown(input, ['StackName', 'NextToken']);
    const stack = stackOf(stacks, input, call, 'DescribeStackEvents');
    const { items, next } = listed(stack.resources.toReversed(), input);
    const StackEvents = items.map((one) => ({
      ...described(stack, one),
      EventId: `${one.logicalId}-${STATUS}`,
    }));
    return { StackEvents, NextToken: next };
  },
  GetTemplate: (input, call) => {
    assertKnown(input, ['StackName', 'TemplateStage']);
    const { template } = stackOf(stacks, input, call, 'GetTemplate');
    return { TemplateBody: JSON.stringify(template), StagesAvailable: ['Original', 'Processed'] };
  },
});
