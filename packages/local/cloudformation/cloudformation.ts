import { type Call, AwsError } from '../gateway/service.ts';
import type { ResolvedResource } from '../template/resolve.ts';
import { toSecond } from '../trail/trail.ts';
import { type QueryInput, QueryService } from '../gateway/wire/query-service.ts';
import type { XmlValue } from '../gateway/wire/xml.ts';

interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly exportName?: string;
  readonly description?: string;
}

export interface Stack {
  readonly name: string;
  /** `arn:aws:cloudformation:…:stack/<name>/<uuid>`. */
  readonly id: string;
  readonly createdMs: number;
  readonly outputs: readonly StackOutput[];
  readonly resources: readonly ResolvedResource[];
  /** As it was loaded. */
  readonly template: unknown;
}

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

const describe = (stack: Stack): XmlValue => ({
  StackId: stack.id,
  StackName: stack.name,
  CreationTime: toSecond(stack.createdMs),
  StackStatus: 'CREATE_COMPLETE',
  Outputs: stack.outputs.map(({ key, value, exportName, description }) => ({
    OutputKey: key,
    OutputValue: value,
    Description: description,
    ExportName: exportName,
  })),
});

/** The stacks that were loaded. The calls that describe their parts are in `reads/`. */
export class CloudFormation extends QueryService {
  readonly stacks: Map<string, Stack>;

  constructor() {
    const stacks = new Map<string, Stack>();
    super('cloudformation', NAMESPACE, {
      DescribeStacks: (input, call) => describeStacks(stacks, input, call),
    });
    this.stacks = stacks;
  }
}

function describeStacks(
  stacks: ReadonlyMap<string, Stack>,
  input: QueryInput,
  call: Call,
): { Stacks: XmlValue } {
  const name = input.get('StackName');
  call.record({ requestParameters: { stackName: name } });
  const all = [...stacks.values()];
  const found = name === undefined ? all : all.filter((stack) => stack.name === name || stack.id === name);
  for (const resource of name === undefined ? ['*'] : found.map(({ id }) => id))
    call.authorize({ action: 'cloudformation:DescribeStacks', resource });
  if (name !== undefined && found.length === 0)
    throw new AwsError('ValidationError', `Stack with id ${name} does not exist`);
  return { Stacks: found.map(describe) };
}
