import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { proveRevokedEnvironment } from '../../core/shared/environment.ts';
import { proveRevokedEvent } from '../../core/work/step-events.ts';
import { secretsManagerCanary } from '../control/secrets/canary.ts';
import type { LoginPorts } from '../control/logins/login-ports.ts';
import { Logins } from '../control/logins/logins.ts';
import { openRecords } from '../control/function/records.ts';
import { TaskSecrets } from '../control/secrets/secrets.ts';
import { step, type StepHandler } from '../control/function/step.ts';
import type { ProveDependencies } from './deps.ts';
import { proveRevoked } from './prove-revoked.ts';

export function proveRevokedHandler({
  environment: variables,
  aws,
  clock,
  print,
  loginServer,
}: LoginPorts): StepHandler {
  const environment = proveRevokedEnvironment.parse(variables);
  const secrets = new TaskSecrets(new SecretsManagerClient({ ...aws }), clock);
  const deps: ProveDependencies = {
    ...openRecords({ environment, aws, clock }),
    secrets,
    logins: new Logins(loginServer, secrets),
    canaryOf: secretsManagerCanary(aws),
    clock,
    issueTimeoutMs: environment.ISSUE_TIMEOUT_SECONDS * 1000,
    print,
  };
  return step('prove-revoked', proveRevokedEvent, (event) => proveRevoked(event, deps));
}
