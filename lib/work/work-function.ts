import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { functionDefaults } from '../functions/control-function.ts';
import { SESSION_SECRETS_OPEN, sessionSecretsOf } from '../boundary/control-permissions.ts';
import { keyOf } from '../boundary/encryption.ts';
import { functionRole, ownLogGroup } from '../functions/function-role.ts';
import type { DeploymentOptions } from '../boundary/options.ts';
import type { Work } from './work.ts';

/** A type's work function. Its own role can read its type's session secrets and nothing else: all else is done as the task. */
export class WorkFunction extends Construct {
  readonly role: iam.Role;
  readonly function: lambda.Function;

  constructor(scope: Construct, id: string, type: string, work: Work, options: DeploymentOptions) {
    super(scope, id);
    const logGroup = ownLogGroup(this, options);
    const readSession = {
      sid: 'ReadSessionSecrets',
      actions: ['secretsmanager:GetSecretValue'],
      resources: [sessionSecretsOf(this, type)],
      openBecause: SESSION_SECRETS_OPEN,
    };
    const description = `Work of the task type ${type}.`;
    const permissions = [readSession, ...keyOf.secretsToRead(options.encryptionKey)];
    this.role = functionRole(this, logGroup, description, permissions, options);
    this.function = new lambda.Function(this, 'Function', {
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
      ...omitUndefined({ reservedConcurrentExecutions: work.reservedConcurrentExecutions }),
    });
  }

  get versionArn(): string {
    return this.function.currentVersion.functionArn;
  }
}
