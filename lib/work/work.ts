import { Duration } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { bundleOf, declareEntry } from '../functions/bundles.ts';

export interface WorkOptions {
  /** How long one invocation may run. @default - 60 seconds */
  readonly timeout?: Duration;
  /** MiB. @default 512 */
  readonly memorySize?: number;
  /** Settings, never a secret: secrets come with the task. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default - the account's unreserved concurrency */
  readonly reservedConcurrentExecutions?: number;
}

export interface WorkCodeOptions extends WorkOptions {
  readonly code: lambda.Code;
  readonly handler: string;
  readonly runtime: lambda.Runtime;
  /** @default - arm64 */
  readonly architecture?: lambda.Architecture;
}

/** The function that does a task's work. Its event and its result are the work contract: `core/work/work.ts`. */
export interface Work {
  readonly timeout: Duration;
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>>;
  /** @default - the account's unreserved concurrency */
  readonly reservedConcurrentExecutions?: number;
  readonly handler: string;
  readonly runtime: lambda.Runtime;
  readonly architecture: lambda.Architecture;
  code(): lambda.Code;
}

const common = (options: WorkOptions) => ({
  timeout: options.timeout ?? Duration.seconds(60),
  memorySize: options.memorySize ?? 512,
  environment: options.environment ?? {},
  ...omitUndefined({ reservedConcurrentExecutions: options.reservedConcurrentExecutions }),
});

export const Work = {
  /** A TypeScript file that exports `handler`; Taskbound bundles it. */
  entry(path: string | URL, options: WorkOptions = {}): Work {
    const entry = resolve(path instanceof URL ? fileURLToPath(path) : path);
    declareEntry(entry);
    return {
      ...common(options),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: () => lambda.Code.fromAsset(bundleOf(entry)),
    };
  },

  /** Any Lambda code, in any language, that implements the work contract. */
  code(options: WorkCodeOptions): Work {
    return {
      ...common(options),
      handler: options.handler,
      runtime: options.runtime,
      architecture: options.architecture ?? lambda.Architecture.ARM_64,
      code: () => options.code,
    };
  },
} as const;
