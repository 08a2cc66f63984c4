import { Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import type { Isolation } from './isolation.ts';

interface IsolationCheck {
  readonly type: string;
  readonly isolation: Isolation | undefined;
  readonly work: lambda.Function;
}

/**
 * Why the work function, as it is at synth, does not fit the type's isolation. An app can change the function after the type is declared,
 * or add resources to it. AWS would refuse these only in the deployment, or each invocation.
 */
export function isolationFaults(scope: IConstruct, { type, isolation, work }: IsolationCheck): string[] {
  const fn = work.node.defaultChild;
  if (!(fn instanceof lambda.CfnFunction)) return [];
  const { tenantIsolationMode } =
    resolved<{ readonly tenantIsolationMode?: string }>(fn, fn.tenancyConfig) ?? {};
  if (isolation === undefined)
    return tenantIsolationMode === undefined
      ? []
      : [
          `Task type ${type} has a work function with tenant isolation ${tenantIsolationMode}, and no isolation; every invocation would be refused. Set isolation: Isolation.perTask() on the type, or remove tenancyConfig from the function.`,
        ];
  const without =
    tenantIsolationMode === 'PER_TENANT'
      ? []
      : [
          `Task type ${type} has Isolation.perTask(), and a work function whose tenant isolation is ${tenantIsolationMode ?? 'not set'}; it must be PER_TENANT. Do not change tenancyConfig of the function.`,
        ];
  return [...without, ...refusedFeatures(scope, fn).map((feature) => refusal(type, feature))];
}

const refusal = (type: string, feature: string): string =>
  `Task type ${type} has Isolation.perTask(), and its work function has ${feature}; a function with tenant isolation cannot have it. Remove it, or the type's isolation.`;

/** https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation.html */
function refusedFeatures(scope: IConstruct, fn: lambda.CfnFunction): string[] {
  const { applyOn } = resolved<{ readonly applyOn?: string }>(fn, fn.snapStart) ?? {};
  const snapStart = applyOn === undefined || applyOn === 'None' ? [] : [`SnapStart (${fn.node.path})`];
  const added = scope.node.root.node.findAll().flatMap((each) => {
    const feature = featureOf(each, fn);
    return feature === undefined ? [] : [`${feature} (${each.node.path})`];
  });
  return [...snapStart, ...added];
}

/** What a resource adds to the function that a function with tenant isolation cannot have. */
function featureOf(each: IConstruct, fn: lambda.CfnFunction): string | undefined {
  if (each instanceof lambda.CfnUrl)
    return refersTo(each.targetFunctionArn, each, fn) ? 'a function URL' : undefined;
  if (each instanceof lambda.CfnEventSourceMapping)
    return refersTo(each.functionName, each, fn) ? 'an event source' : undefined;
  if (!(each instanceof lambda.CfnAlias || each instanceof lambda.CfnVersion)) return undefined;
  const isProvisioned =
    each.provisionedConcurrencyConfig !== undefined && refersTo(each.functionName, each, fn);
  return isProvisioned ? 'provisioned concurrency' : undefined;
}

/** Whether a value refers to the function, in the stack of the function. */
function refersTo(value: unknown, from: IConstruct, fn: lambda.CfnFunction): boolean {
  const text = JSON.stringify(Stack.of(from).resolve(value)) ?? '';
  const id: unknown = Stack.of(fn).resolve(fn.logicalId);
  return Stack.of(from) === Stack.of(fn) && text.includes(JSON.stringify(id));
}

const resolved = <T>(fn: lambda.CfnFunction, value: unknown): T | undefined => Stack.of(fn).resolve(value);
