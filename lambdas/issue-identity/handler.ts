import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { issueIdentityEnvironment } from '../../core/environment.ts';
import { issueIdentityEvent } from '../../core/steps.ts';
import { secretsManagerCanary } from '../control/canary.ts';
import type { ControlPorts } from '../control/ports.ts';
import { openRecords } from '../control/records.ts';
import { TaskSecrets } from '../control/secrets.ts';
import { step, type StepHandler } from '../control/step.ts';
import { TaskTypes } from '../control/task-types.ts';
import { issueIdentity, type IssueIdentityDependencies } from './issue-identity.ts';

export function issueIdentityHandler(ports: ControlPorts): StepHandler {
  const { environment: variables, aws, awsOnce, clock } = ports;
  const environment = issueIdentityEnvironment.parse(variables);
  const on: IssueIdentityDependencies = {
    ...openRecords({ environment, aws, clock }),
    types: new TaskTypes(new SSMClient({ ...aws }), environment.STACK),
    secrets: new TaskSecrets(new SecretsManagerClient({ ...aws }), environment.SECRETS_KEY_ARN),
    sts: new STSClient({ ...awsOnce }),
    canaryOf: secretsManagerCanary(aws),
    clock,
    proveRevokedRoleArn: environment.PROVE_REVOKED_ROLE_ARN,
  };
  return step('issue-identity', issueIdentityEvent, (event, context) =>
    issueIdentity(event, context.awsRequestId, on),
  );
}
