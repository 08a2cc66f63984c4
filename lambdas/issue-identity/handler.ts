import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { issueIdentityEnvironment } from '../../core/shared/environment.ts';
import { issueIdentityEvent } from '../../core/work/step-events.ts';
import { secretsManagerCanary } from '../control/secrets/canary.ts';
import type { ControlPorts } from '../control/function/ports.ts';
import { openRecords } from '../control/function/records.ts';
import { TaskSecrets } from '../control/secrets/secrets.ts';
import { step, type StepHandler } from '../control/function/step.ts';
import { TaskTypes } from '../control/task-types/task-types.ts';
import type { IssueIdentityDependencies } from './dependencies.ts';
import { issueIdentity } from './issue-identity.ts';

export function issueIdentityHandler(ports: ControlPorts): StepHandler {
  const { environment: variables, aws, awsOnce, clock } = ports;
  const environment = issueIdentityEnvironment.parse(variables);
  const deps: IssueIdentityDependencies = {
    ...openRecords({ environment, aws, clock }),
    types: new TaskTypes(new SSMClient({ ...aws }), environment.STACK),
    secrets: new TaskSecrets(new SecretsManagerClient({ ...aws }), clock, environment.SECRETS_KEY_ARN),
    sts: new STSClient({ ...awsOnce }),
    canaryOf: secretsManagerCanary(aws),
    clock,
    proveRevokedRoleArn: environment.PROVE_REVOKED_ROLE_ARN,
  };
  return step('issue-identity', issueIdentityEvent, (event, context) =>
    issueIdentity(event, context.awsRequestId, deps),
  );
}
