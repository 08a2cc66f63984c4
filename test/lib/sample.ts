import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import {
  BoundedTask,
  TaskBoundary,
  Tool,
  Work,
  type BoundedTaskProps,
  type TaskBoundaryProps,
} from '../../lib/index.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

export type Resources = Readonly<Record<string, Resource>>;

/** The sample stack's resources, from the assembly that is synthesized once for all test files. */
export function sampleResources(): Resources {
  const file = join(inject('assemblies').sample, 'Taskbound.template.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { Resources: Resources }).Resources;
}

export const resourcesOf = (stack: Stack): Resources =>
  (Template.fromStack(stack).toJSON() as { Resources: Resources }).Resources;

/** A work function that needs no bundling. */
export const inlineWork = (options: { readonly timeout?: NonNullable<Work['timeout']> } = {}): Work =>
  Work.code({
    code: lambda.Code.fromInline('exports.handler = async () => ({ done: true, result: null });'),
    handler: 'index.handler',
    runtime: lambda.Runtime.NODEJS_24_X,
    ...options,
  });

/** A stack with one boundary and one task type, for options that the sample does not use. */
export function stackWith(
  task: Partial<Omit<BoundedTaskProps, 'boundary'>> = {},
  options: (stack: Stack) => TaskBoundaryProps = () => ({}),
): { readonly stack: Stack; readonly boundary: TaskBoundary; readonly task: BoundedTask } {
  const stack = new Stack(new App({ treeMetadata: false, builtinCloudFormationValidation: false }), 'Other');
  const boundary = new TaskBoundary(stack, 'Boundary', options(stack));
  const declared = new BoundedTask(stack, 'Reader', {
    boundary,
    type: 'reader',
    tools: { read: Tool.allow('s3:GetObject').on('arn:aws:s3:::bucket/fixed') },
    work: inlineWork(),
    ...task,
  });
  return { stack, boundary, task: declared };
}

/** A template's value as text: references as `<LogicalId>` or `<LogicalId.Attribute>`. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [kind, content] = Object.entries(value as Record<string, unknown>)[0] ?? [];
  if (kind === 'Fn::Join') {
    const [separator, parts] = content as [string, unknown[]];
    return parts.map(textOf).join(separator);
  }
  return kind === 'Fn::GetAtt' ? `<${(content as string[]).join('.')}>` : `<${String(content)}>`;
}

export const ofType = (resources: Resources, type: string): [string, Resource][] =>
  Object.entries(resources).filter(([, resource]) => resource.Type === type);

export const listOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
