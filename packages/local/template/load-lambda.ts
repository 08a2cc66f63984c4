import * as z from 'zod';
import { DEFAULT_ASYNC, type FunctionRegistry } from '../lambda/registry.ts';
import type { FunctionSpec } from '../lambda/types.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { Loader } from './load-context.ts';
import { number, readProperties, cannotLoad } from './properties.ts';
import type { ResolvedResource } from './resolve.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;

const functionProperties = z.looseObject({
  Code: z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
  Handler: z.string(),
  Role: z.string(),
  Runtime: z.string().regex(/^nodejs\d+\.x$/, 'only Node.js runtimes are supported'),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
  Timeout: number.default(DEFAULT_TIMEOUT_SECONDS),
  MemorySize: number.default(DEFAULT_MEMORY_MB),
  ReservedConcurrentExecutions: number.optional(),
  LoggingConfig: z.looseObject({ LogGroup: z.string().optional() }).optional(),
  TenancyConfig: z.strictObject({ TenantIsolationMode: z.literal('PER_TENANT') }).optional(),
  EphemeralStorage: z.strictObject({ Size: number }).optional(),
});

/** The folder of a code asset. CDK names its object after its hash: `<hash>.zip`. */
function codeDir(
  key: string,
  assetDir: (hash: string) => string | undefined,
  resource: ResolvedResource,
): string {
  const dir = assetDir(key.replace(/^.*\//, '').replace(/\.zip$/, ''));
  if (dir === undefined) throw cannotLoad(resource, `its code ${key} is not among the assembly's assets`);
  return dir;
}

export const loadFunction: Loader = (resource, { functions, assetDir }) => {
  const properties = readProperties(functionProperties, resource);
  const { ReservedConcurrentExecutions: reserved, LoggingConfig } = properties;
  createFunction(resource, functions, {
    name: resource.physicalId,
    arn: resource.arn,
    codeDir: codeDir(properties.Code.S3Key, assetDir, resource),
    handler: properties.Handler,
    environment: properties.Environment?.Variables ?? {},
    timeoutSeconds: properties.Timeout,
    memoryMb: properties.MemorySize,
    roleArn: properties.Role,
    ...omitUndefined({
      reservedConcurrency: reserved,
      logGroup: LoggingConfig?.LogGroup,
      tenantIsolation: properties.TenancyConfig?.TenantIsolationMode,
      temporaryMb: properties.EphemeralStorage?.Size,
    }),
  });
};

/** CloudFormation would replace a function whose tenancy changes. Here a name stands for one function, so that is refused. */
function createFunction(resource: ResolvedResource, functions: FunctionRegistry, spec: FunctionSpec): void {
  const refusal = functions.tenancyRefusal(spec);
  if (refusal !== undefined) throw cannotLoad(resource, refusal);
  functions.createFunction(spec);
}

export const loadVersion: Loader = (resource, { functions, previous }) => {
  if (previous.get(resource.logicalId)?.arn === resource.arn) return;
  const { FunctionName } = readProperties(z.looseObject({ FunctionName: z.string() }), resource);
  const arn = functions.publishVersion(functions.resolve(FunctionName, undefined).fn.spec.name);
  if (arn !== resource.arn)
    throw cannotLoad(
      resource,
      `it was published as ${arn}, but references in the template resolved to ${resource.arn}`,
    );
};

const permissionProperties = z.looseObject({
  FunctionName: z.string(),
  Action: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
  FunctionUrlAuthType: z.enum(['AWS_IAM', 'NONE']).optional(),
  InvokedViaFunctionUrl: z.boolean().optional(),
});

export const loadPermission: Loader = (resource, { functions }) => {
  const { FunctionName, Action, Principal, ...conditions } = readProperties(permissionProperties, resource);
  const qualifier = /function:[^:]+:(.+)$/.exec(FunctionName)?.[1];
  functions.addPermission({
    functionName: FunctionName,
    statementId: resource.physicalId,
    action: Action,
    principal: Principal,
    ...omitUndefined({
      sourceArn: conditions.SourceArn,
      sourceAccount: conditions.SourceAccount,
      functionUrlAuthType: conditions.FunctionUrlAuthType,
      invokedViaFunctionUrl: conditions.InvokedViaFunctionUrl,
      qualifier,
    }),
  });
};

const asyncProperties = z.looseObject({
  FunctionName: z.string(),
  Qualifier: z.string(),
  MaximumRetryAttempts: number.min(0).max(2).default(DEFAULT_ASYNC.maxRetries),
  MaximumEventAgeInSeconds: number.min(60).max(21_600).default(DEFAULT_ASYNC.maxAgeSeconds),
  DestinationConfig: z
    .strictObject({
      OnFailure: z.strictObject({
        Destination: z.string().regex(/^arn:[\w-]+:sqs:/, 'only queues are supported as destinations'),
      }),
    })
    .optional(),
});

export const loadAsyncConfig: Loader = (resource, { functions }) => {
  const properties = readProperties(asyncProperties, resource);
  const failed = properties.DestinationConfig?.OnFailure.Destination;
  functions.configureAsync(properties.FunctionName, properties.Qualifier, {
    maxRetries: properties.MaximumRetryAttempts,
    maxAgeSeconds: properties.MaximumEventAgeInSeconds,
    ...omitUndefined({ onFailureArn: failed }),
  });
};

export const loadUrl: Loader = (resource, { functions }) => {
  const { TargetFunctionArn, AuthType } = readProperties(
    z.looseObject({ TargetFunctionArn: z.string(), AuthType: z.string() }),
    resource,
  );
  if (AuthType !== 'AWS_IAM')
    throw cannotLoad(resource, `its AuthType is ${AuthType}; only AWS_IAM is supported`);
  if (functions.resolve(TargetFunctionArn, undefined).fn.spec.tenantIsolation !== undefined)
    throw cannotLoad(resource, `its function isolates tenants, and such a function can have no URL`);
  const { url } = functions.createUrl({ functionName: TargetFunctionArn, authType: AuthType });
  const expected = resource.attributes['FunctionUrl'];
  if (url !== expected)
    throw cannotLoad(
      resource,
      `its URL is ${url}, but references in the template resolved to ${String(expected)}`,
    );
};
