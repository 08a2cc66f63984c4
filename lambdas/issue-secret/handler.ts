import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { issueSecretEnvironment } from '../../core/environment.ts';
import { issueSecretEvent } from '../../core/steps.ts';
import type { LoginPorts } from '../control/login-ports.ts';
import { Logins } from '../control/postgres/logins.ts';
import { openRecords } from '../control/records.ts';
import { TaskSecrets } from '../control/secrets.ts';
import { step, type StepHandler } from '../control/step.ts';
import { issueSecret, type IssueSecretDependencies } from './issue-secret.ts';

export function issueSecretHandler({
  environment: variables,
  aws,
  clock,
  loginServer,
}: LoginPorts): StepHandler {
  const environment = issueSecretEnvironment.parse(variables);
  const secrets = new TaskSecrets(new SecretsManagerClient({ ...aws }), environment.SECRETS_KEY_ARN);
  const on: IssueSecretDependencies = {
    ...openRecords({ environment, aws, clock }),
    secrets,
    logins: new Logins(loginServer, secrets),
    clock,
  };
  return step('issue-secret', issueSecretEvent, (event) => issueSecret(event, on));
}
