import { randomBytes } from 'node:crypto';
import type { FunctionVersion, RoleCredentials } from './types.ts';

/**
 * The AWS endpoint that a function sees. Nothing listens there: its `http` module calls the embedded AWS in
 * process.
 */
export const IN_PROCESS_ENDPOINT = 'http://127.0.0.1:4566';

export const logGroupOf = ({ spec }: FunctionVersion): string => spec.logGroup ?? `/aws/lambda/${spec.name}`;

/**
 * The environment variables of an execution environment:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function variablesOf(
  fn: FunctionVersion,
  credentials: RoleCredentials,
  region: string,
  endpointUrl: string,
): Record<string, string> {
  return {
    ...fn.spec.environment,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: fn.spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: fn.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.spec.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(fn),
    AWS_LAMBDA_LOG_STREAM_NAME: `[${fn.version}]${randomBytes(16).toString('hex')}`,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    LAMBDA_TASK_ROOT: '/var/task',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LANG: 'en_US.UTF-8',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
    _HANDLER: fn.spec.handler,
  };
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
export const newTraceId = (nowMs: number): string =>
  `Root=1-${Math.floor(nowMs / 1_000)
    .toString(16)
    .padStart(8, '0')}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
