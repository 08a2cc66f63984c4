import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { keyPermissions } from '../boundary/encryption.ts';
import type { DeploymentOptions } from '../boundary/options.ts';
import { functionDefaults } from '../functions/function-defaults.ts';
import { functionRole, ownLogGroup } from '../functions/function-role.ts';
import { SESSION_SECRETS_OPEN, sessionSecretsOf } from '../secrets/secret-permissions.ts';
import { isolationFaults } from '../isolation/check-isolation.ts';
import type { Isolation } from '../isolation/isolation.ts';
import { tenancyOf } from '../isolation/tenancy.ts';
import type { Work } from './work.ts';

export interface WorkFunctionProps {
  /** The task type whose work it does. */
  readonly type: string;
  readonly work: Work;
  /** @default - a task can get the environment of an earlier one */
  readonly isolation?: Isolation;
  readonly options: DeploymentOptions;
}

/** A type's work function. Its own role can only read its type's session secrets: for everything else it uses the task's session. */
export class WorkFunction extends Construct {
  readonly role: iam.Role;
  readonly function: lambda.Function;

  constructor(scope: Construct, id: string, { type, work, isolation, options }: WorkFunctionProps) {
    super(scope, id);
    const tenancyConfig = tenancyOf(type, isolation);
    const logGroup = ownLogGroup(this, options);
    const description = `Work of the task type ${type}.`;
    const readSession = {
      sid: 'ReadSessionSecrets',
      actions: ['secretsmanager:GetSecretValue'],
      resources: [sessionSecretsOf(this, type)],
      openBecause: SESSION_SECRETS_OPEN,
    };
    this.role = functionRole(this, {
      logGroup,
      description,
      permissions: [readSession, ...keyPermissions.secretsToRead(options.encryptionKey)],
      options,
    });
    this.function = new lambda.Function(this, functionId(isolation), {
      description,
      code: work.code(),
      handler: work.handler,
      runtime: work.runtime,
      architecture: work.architecture,
      memorySize: work.memorySize,
      timeout: work.timeout,
      environment: { ...work.environment },
      role: this.role,
      ...functionDefaults(logGroup, options),
      ...omitUndefined({ reservedConcurrentExecutions: work.reservedConcurrentExecutions, tenancyConfig }),
    });
    this.node.addValidation({
      validate: () => isolationFaults(this, { type, isolation, work: this.function }),
    });
  }

  get versionArn(): string {
    return this.function.currentVersion.functionArn;
  }
}

/**
 * Tenant isolation is fixed when a function is created. Another id gives another function, and keeps the one that running executions call,
 * which a replacement under the same id would delete.
 */
const functionId = (isolation: Isolation | undefined): string =>
  isolation === undefined ? 'Function' : 'IsolatedFunction';
