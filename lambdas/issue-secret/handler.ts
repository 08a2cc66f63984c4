import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { issueSecretEnvironment } from '../../core/shared/environment.ts';
import { issueSecretEvent } from '../../core/work/step-events.ts';
import type { LoginPorts } from '../control/logins/login-ports.ts';
import { Logins } from '../control/logins/logins.ts';
import { openRecords } from '../control/function/records.ts';
import { TaskSecrets } from '../control/secrets/secrets.ts';
import { step, type StepHandler } from '../control/function/step.ts';
import { issueSecret, type IssueSecretDependencies } from './issue-secret.ts';

export function issueSecretHandler({
  environment: variables,
  aws,
  clock,
  loginServer,
}: LoginPorts): StepHandler {
  const environment = issueSecretEnvironment.parse(variables);
  const secrets = new TaskSecrets(new SecretsManagerClient({ ...aws }), clock, environment.SECRETS_KEY_ARN);
  const deps: IssueSecretDependencies = {
    ...openRecords({ environment, aws, clock }),
    secrets,
    logins: new Logins(loginServer, secrets),
    clock,
  };
  return step('issue-secret', issueSecretEvent, (event) => issueSecret(event, deps));
}
