import { createHash } from 'node:crypto';
import { arnOf } from '../gateway/account-and-region.ts';
import type { Call } from '../gateway/service.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { FunctionRegistry, ResolvedFunction } from '../lambda/registry.ts';
import type { FunctionVersion } from '../lambda/types.ts';
import { logGroupOf } from '../lambda/variables.ts';
import { authorizeRead } from './read-call.ts';
import { fieldOf, type StackResources, tagMap, textOf } from './stack-resources.ts';

const FUNCTION = ['AWS::Lambda::Function'];

/** Functions as Lambda describes them. */
export class FunctionViews {
  readonly #registry: FunctionRegistry;
  readonly #resources: StackResources;

  constructor(registry: FunctionRegistry, resources: StackResources) {
    this.#registry = registry;
    this.#resources = resources;
  }

  /** The function or version that a call names, after it is authorized. Throws AccessDenied, ResourceNotFoundException. */
  find(name: string, query: ReadonlyMap<string, string>, call: Call, action: string): ResolvedFunction {
    const qualifier = query.get('Qualifier');
    const target = this.#registry.find(name, qualifier);
    authorizeRead(call, {
      action: `lambda:${action}`,
      resource: target?.invokedArn ?? arnOf('lambda', `function:${name}`),
      parameters: { functionName: name, ...omitUndefined({ qualifier }) },
    });
    return target ?? this.#registry.resolve(name, qualifier);
  }

  /** The unpublished function and its versions. */
  versions(name: string): FunctionVersion[] {
    const entry = this.#registry.all().find(({ latest }) => latest.spec.name === name);
    return entry === undefined ? [] : [entry.latest, ...entry.versions];
  }

  describe({ spec, version, code }: FunctionVersion, arn = spec.arn): object {
    const properties = this.#resources.properties(FUNCTION, spec.name);
    return {
      FunctionName: spec.name,
      FunctionArn: version === '$LATEST' ? arn : `${spec.arn}:${version}`,
      Runtime: textOf(properties, 'Runtime') ?? 'nodejs24.x',
      Role: spec.roleArn,
      Handler: spec.handler,
      CodeSize: Buffer.byteLength(code.source),
      Description: textOf(properties, 'Description') ?? '',
      Timeout: spec.timeoutSeconds,
      MemorySize: spec.memoryMb,
      LastModified: this.#changedAt(spec.name).replace('Z', '+0000'),
      CodeSha256: createHash('sha256').update(code.source).digest('base64'),
      Version: version,
      Environment: { Variables: spec.environment },
      TracingConfig: { Mode: fieldOf(properties, 'TracingConfig', 'Mode') ?? 'PassThrough' },
      Architectures: fieldOf(properties, 'Architectures') ?? ['x86_64'],
      EphemeralStorage: { Size: Number(fieldOf(properties, 'EphemeralStorage', 'Size') ?? 512) },
      LoggingConfig: { LogFormat: 'Text', LogGroup: logGroupOf({ spec, version, code }) },
      PackageType: 'Zip',
      ...(spec.tenantIsolation && { TenancyConfig: { TenantIsolationMode: spec.tenantIsolation } }),
      ...{ State: 'Active', LastUpdateStatus: 'Successful' },
    };
  }

  /** The function's URL, if it has one. */
  urls({ fn: { spec } }: ResolvedFunction): object[] {
    const FunctionUrl = this.#registry.urlOf(spec.name);
    if (FunctionUrl === undefined) return [];
    const at = this.#changedAt(spec.name);
    const times = { CreationTime: at, LastModifiedTime: at };
    return [{ FunctionUrl, FunctionArn: spec.arn, AuthType: 'AWS_IAM', InvokeMode: 'BUFFERED', ...times }];
  }

  tags(name: string): Record<string, string> {
    return tagMap(this.#resources.properties(FUNCTION, name));
  }

  #changedAt(name: string): string {
    return new Date(this.#resources.createdMs(name)).toISOString();
  }
}
