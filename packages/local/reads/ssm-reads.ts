import * as z from 'zod';
import { AwsError } from '../gateway/service.ts';
import { type JsonOperation, operation } from '../gateway/wire/json-service.ts';
import type { EmbeddedServices } from '../embedded/services.ts';
import { describeParameter, parameterArn } from '../ssm/ssm.ts';
import { byName, pageOf } from './pages.ts';
import { authorizeRead } from './read-call.ts';
import { type StackResources, tagsOf, textOf } from './stack-resources.ts';

const PARAMETER = ['AWS::SSM::Parameter'];
const invalid = 'InvalidNextToken';
const NextToken = z.string().optional();

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html */
const filter = z.strictObject({
  Key: z.literal('Name'),
  Option: z.enum(['Equals', 'BeginsWith', 'Contains']).default('Equals'),
  Values: z.array(z.string()).min(1),
});

const inputs = {
  DescribeParameters: z.strictObject({
    ParameterFilters: z.array(filter).default([]),
    MaxResults: z.int().min(1).max(50).default(50),
    NextToken,
  }),
  GetParameters: z.strictObject({
    Names: z.array(z.string()).min(1).max(10),
    WithDecryption: z.boolean().optional(),
  }),
  GetParametersByPath: z.strictObject({
    Path: z.string().startsWith('/'),
    Recursive: z.boolean().default(false),
    WithDecryption: z.boolean().optional(),
    MaxResults: z.int().min(1).max(10).default(10),
    NextToken,
  }),
  ListTagsForResource: z.strictObject({ ResourceType: z.literal('Parameter'), ResourceId: z.string() }),
};

function fits(name: string, { Option, Values }: z.infer<typeof filter>): boolean {
  return Values.some((value) => {
    if (Option === 'BeginsWith') return name.startsWith(value);
    return Option === 'Contains' ? name.includes(value) : name === value;
  });
}

/** The calls that list parameters: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html */
export function ssmReads(
  { ssm }: EmbeddedServices,
  resources: StackResources,
): Readonly<Record<string, JsonOperation>> {
  return {
    DescribeParameters: operation(
      inputs.DescribeParameters,
      ({ ParameterFilters, MaxResults: size, NextToken: token }, call) => {
        authorizeRead(call, { action: 'ssm:DescribeParameters', resource: '*' });
        const found = byName(ssm.all()).filter(({ name }) =>
          ParameterFilters.every((each) => fits(name, each)),
        );
        const { items, next } = pageOf(found, { token, size, invalid });
        const Parameters = items.map((parameter) => {
          const { Value: _value, ...described } = describeParameter(parameter);
          const Description = textOf(resources.properties(PARAMETER, parameter.name), 'Description');
          return { ...described, Description, Tier: 'Standard', Policies: [] };
        });
        return { Parameters, NextToken: next };
      },
    ),
    GetParameters: operation(inputs.GetParameters, ({ Names }, call) => {
      for (const name of Names)
        authorizeRead(call, {
          action: 'ssm:GetParameters',
          resource: parameterArn(name),
          parameters: { names: Names },
        });
      const found = ssm
        .all()
        .filter(({ name }) => Names.includes(name) || Names.includes(parameterArn(name)));
      const names = new Set(found.flatMap(({ name }) => [name, parameterArn(name)]));
      return {
        Parameters: found.map(describeParameter),
        InvalidParameters: Names.filter((name) => !names.has(name)),
      };
    }),
    GetParametersByPath: operation(
      inputs.GetParametersByPath,
      ({ Path, Recursive, MaxResults: size, NextToken: token }, call) => {
        const path = Path === '/' ? '' : Path.replace(/\/$/, '');
        authorizeRead(call, {
          action: 'ssm:GetParametersByPath',
          resource: parameterArn(path || '/'),
          parameters: { path: Path },
        });
        const below = byName(ssm.all()).filter(
          ({ name }) =>
            name.startsWith(`${path}/`) && (Recursive || !name.slice(path.length + 1).includes('/')),
        );
        const { items, next } = pageOf(below, { token, size, invalid });
        return { Parameters: items.map(describeParameter), NextToken: next };
      },
    ),
    ListTagsForResource: operation(inputs.ListTagsForResource, ({ ResourceId }, call) => {
      authorizeRead(call, { action: 'ssm:ListTagsForResource', resource: parameterArn(ResourceId) });
      if (ssm.value(ResourceId) === undefined)
        throw new AwsError('InvalidResourceId', `Parameter ${ResourceId} not found.`);
      return { TagList: tagsOf(resources.properties(PARAMETER, ResourceId)) };
    }),
  };
}
