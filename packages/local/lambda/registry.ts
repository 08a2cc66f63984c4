import { createHash } from 'node:crypto';
import type { PolicyDocument, Statement } from 'taskbound-iam/policy';
import { AwsError } from '../gateway/service.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import { readBundle } from './bundle.ts';
import type { Bundle, FunctionSpec, FunctionVersion } from './types.ts';

/** A statement of a function's resource policy, with the fields of `AWS::Lambda::Permission`. */
export interface Permission {
  /** The name or unqualified ARN. */
  readonly functionName: string;
  readonly statementId: string;
  /** `lambda:InvokeFunction`, `lambda:InvokeFunctionUrl`. */
  readonly action: string;
  /** A service (`events.amazonaws.com`), an account or role ARN, or `*`. */
  readonly principal: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
  readonly functionUrlAuthType?: 'AWS_IAM' | 'NONE';
  readonly invokedViaFunctionUrl?: boolean;
  /** A version; absent means the unqualified function. */
  readonly qualifier?: string;
}

/**
 * How failed asynchronous invocations are handled:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export interface AsyncConfig {
  readonly maxRetries: number;
  readonly maxAgeSeconds: number;
  /** The queue for abandoned invocations. */
  readonly onFailureArn?: string;
}

export const DEFAULT_ASYNC: AsyncConfig = { maxRetries: 2, maxAgeSeconds: 21_600 };

/** The version of a function that a caller invokes, and the ARN to authorize. */
export interface ResolvedFunction {
  readonly fn: FunctionVersion;
  /** Has a qualifier if the caller gave one. */
  readonly invokedArn: string;
  readonly resourcePolicy: PolicyDocument | undefined;
  readonly asyncConfig: AsyncConfig;
}

interface Entry {
  latest: FunctionVersion;
  readonly versions: Map<string, FunctionVersion>;
  /** Version numbers are never reused. */
  lastVersion: number;
  readonly statements: Statement[];
  /** By qualifier. */
  readonly asyncConfigs: Map<string, AsyncConfig>;
  urlId?: string;
}

const conditionOf = (permission: Permission): Pick<Statement, 'Condition'> => {
  const strings = {
    ...omitUndefined({
      'aws:SourceAccount': permission.sourceAccount,
      'lambda:FunctionUrlAuthType': permission.functionUrlAuthType,
    }),
  };
  const condition = {
    ...(Object.keys(strings).length === 0 ? {} : { StringEquals: strings }),
    ...(permission.sourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': permission.sourceArn } }),
    ...(permission.invokedViaFunctionUrl === undefined
      ? {}
      : { Bool: { 'lambda:InvokedViaFunctionUrl': String(permission.invokedViaFunctionUrl) } }),
  };
  return Object.keys(condition).length === 0 ? {} : { Condition: condition };
};

const principalOf = (principal: string): '*' | Record<string, string> => {
  if (principal === '*') return '*';
  return principal.endsWith('.amazonaws.com') ? { Service: principal } : { AWS: principal };
};

/** The functions of the embedded AWS: their versions, resource policies and URLs. */
export class FunctionRegistry {
  readonly #entries = new Map<string, Entry>();
  readonly #urls = new Map<string, string>();
  readonly #origin: string;
  readonly #read: (spec: FunctionSpec) => Bundle;

  /** @param origin The origin of function URLs, without a trailing slash: `http://127.0.0.1:4566`. */
  constructor(origin: string, read: (spec: FunctionSpec) => Bundle = readBundle) {
    this.#origin = origin;
    this.#read = read;
  }

  /**
   * Creates a function or updates its code. Reads the bundle now; later changes of the folder have no effect.
   * Versions stay.
   */
  createFunction(spec: FunctionSpec): void {
    const existing = this.#entries.get(spec.name);
    const refusal = this.tenancyRefusal(spec);
    if (refusal !== undefined) throw invalidParameter(refusal);
    const latest = { spec, version: '$LATEST', code: this.#read(spec) };
    const fresh = { latest, versions: new Map(), lastVersion: 0, statements: [], asyncConfigs: new Map() };
    if (existing === undefined) this.#entries.set(spec.name, fresh);
    else existing.latest = latest;
  }

  /**
   * Why a function cannot be updated to `spec`: tenant isolation is fixed when a function is created.
   * https://docs.aws.amazon.com/lambda/latest/api/API_TenancyConfig.html
   */
  tenancyRefusal({ name, tenantIsolation }: FunctionSpec): string | undefined {
    const existing = this.#entries.get(name)?.latest.spec;
    if (existing === undefined || existing.tenantIsolation === tenantIsolation) return undefined;
    return `the tenant isolation of function ${name} cannot change from ${existing.tenantIsolation ?? 'none'} to ${tenantIsolation ?? 'none'}: it is fixed when a function is created. Create a function of another name`;
  }

  /** Publishes the current code and configuration as the next version. Returns the version's ARN. */
  publishVersion(name: string): string {
    const entry = this.#entryOf(name);
    const version = String(++entry.lastVersion);
    entry.versions.set(version, { ...entry.latest, version });
    return `${entry.latest.spec.arn}:${version}`;
  }

  addPermission(permission: Permission): void {
    const entry = this.#entryOf(nameOf(permission.functionName).name);
    const { arn } = entry.latest.spec;
    this.removePermission(permission.functionName, permission.statementId);
    entry.statements.push({
      Sid: permission.statementId,
      Effect: 'Allow',
      Principal: principalOf(permission.principal),
      Action: permission.action,
      Resource: permission.qualifier === undefined ? arn : `${arn}:${permission.qualifier}`,
      ...conditionOf(permission),
    });
  }

  removePermission(functionName: string, statementId: string): void {
    const { statements } = this.#entryOf(nameOf(functionName).name);
    const index = statements.findIndex(({ Sid }) => Sid === statementId);
    if (index >= 0) statements.splice(index, 1);
  }

  lastVersion(name: string): number {
    return this.#entries.get(name)?.lastVersion ?? 0;
  }

  /** Every function, with its published versions. */
  all(): readonly { readonly latest: FunctionVersion; readonly versions: readonly FunctionVersion[] }[] {
    return [...this.#entries.values()].map(({ latest, versions }) => ({
      latest,
      versions: [...versions.values()],
    }));
  }

  /** Like `resolve`; undefined when there is no such function or version. */
  find(reference: string, qualifier: string | undefined): ResolvedFunction | undefined {
    return this.has(reference) ? this.resolve(reference, qualifier) : undefined;
  }

  /** The URL of a function that has one. */
  urlOf(name: string): string | undefined {
    const urlId = this.#entries.get(name)?.urlId;
    return urlId === undefined ? undefined : this.#urlOf(urlId);
  }

  #urlOf(urlId: string): string {
    return `${this.#origin}/lambda-url/${urlId}/`;
  }

  has(functionName: string): boolean {
    return this.#entries.has(nameOf(functionName).name);
  }

  /** Removes a function with its versions, permissions and URL. Running invocations continue. */
  removeFunction(name: string): void {
    const urlId = this.#entries.get(name)?.urlId;
    if (urlId !== undefined) this.#urls.delete(urlId);
    this.#entries.delete(name);
  }

  removeVersion(arn: string): void {
    const { name, qualifier } = nameOf(arn);
    this.#entries.get(name)?.versions.delete(qualifier ?? '');
  }

  configureAsync(functionName: string, qualifier: string, config: AsyncConfig): void {
    this.#entryOf(nameOf(functionName).name).asyncConfigs.set(qualifier, config);
  }

  /** Creates the function's URL. The same function always gets the same URL. */
  createUrl({ functionName, authType }: { readonly functionName: string; readonly authType: string }): {
    readonly url: string;
  } {
    if (authType !== 'AWS_IAM')
      throw new Error(
        `Function URL of ${functionName}: AuthType is ${authType}; the embedded Lambda supports AWS_IAM.`,
      );
    const { name } = nameOf(functionName);
    const entry = this.#entryOf(name);
    if (entry.latest.spec.tenantIsolation !== undefined)
      throw invalidParameter(`Function ${name} isolates tenants; such a function can have no function URL.`);
    entry.urlId = createHash('sha256').update(entry.latest.spec.arn).digest('hex').slice(0, 32);
    this.#urls.set(entry.urlId, name);
    return { url: this.#urlOf(entry.urlId) };
  }

  functionOfUrl(urlId: string): ResolvedFunction | undefined {
    const name = this.#urls.get(urlId);
    return name === undefined ? undefined : this.resolve(name, undefined);
  }

  /**
   * Throws ResourceNotFoundException. @param reference Name, partial or full ARN, with or without a
   * qualifier.
   */
  resolve(reference: string, qualifier: string | undefined): ResolvedFunction {
    const asked = nameOf(reference);
    const wanted = qualifier ?? asked.qualifier;
    const entry = this.#entryOf(asked.name);
    const { arn } = entry.latest.spec;
    const fn = wanted === undefined || wanted === '$LATEST' ? entry.latest : entry.versions.get(wanted);
    const invokedArn = wanted === undefined ? arn : `${arn}:${wanted}`;
    if (fn === undefined) throw notFound(invokedArn);
    const resourcePolicy =
      entry.statements.length === 0 ? undefined : { Version: '2012-10-17', Statement: entry.statements };
    const asyncConfig = entry.asyncConfigs.get(wanted ?? '$LATEST') ?? DEFAULT_ASYNC;
    return { fn, invokedArn, resourcePolicy, asyncConfig };
  }

  #entryOf(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw notFound(name);
    return entry;
  }
}

const invalidParameter = (message: string): AwsError =>
  new AwsError('InvalidParameterValueException', message, 400, { Type: 'User' });

const notFound = (what: string): AwsError =>
  new AwsError('ResourceNotFoundException', `Function not found: ${what}`, 404, { Type: 'User' });

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestSyntax */
function nameOf(reference: string): { readonly name: string; readonly qualifier: string | undefined } {
  const [, name, qualifier] =
    /^(?:(?:arn:[\w-]+:lambda:[\w-]+:)?(?:\d{12}:)?function:)?([\w-]+)(?::([\w$-]+))?$/.exec(reference) ?? [];
  if (name === undefined)
    throw new AwsError(
      'ValidationException',
      `Value '${reference}' at 'functionName' is not a function's name or ARN.`,
      400,
    );
  return { name, qualifier };
}
