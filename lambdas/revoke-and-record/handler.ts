import { IAMClient } from '@aws-sdk/client-iam';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { revokeAndRecordEnvironment } from '../../core/shared/environment.ts';
import { revokeAndRecordEvent } from '../../core/work/step-events.ts';
import type { LoginPorts } from '../control/logins/login-ports.ts';
import { Logins } from '../control/logins/logins.ts';
import { openRecords } from '../control/function/records.ts';
import { TaskSecrets } from '../control/secrets/secrets.ts';
import { step, type StepHandler } from '../control/function/step.ts';
import type { RevokeDependencies } from './deps.ts';
import { revokeAndRecord } from './revoke-and-record.ts';

export function revokeAndRecordHandler({
  environment: variables,
  aws,
  clock,
  loginServer,
}: LoginPorts): StepHandler {
  const environment = revokeAndRecordEnvironment.parse(variables);
  const secrets = new TaskSecrets(new SecretsManagerClient({ ...aws }), clock);
  const deps: RevokeDependencies = {
    ...openRecords({ environment, aws, clock }),
    secrets,
    logins: new Logins(loginServer, secrets),
    iam: new IAMClient({ ...aws }),
    clock,
    issueTimeoutMs: environment.ISSUE_TIMEOUT_SECONDS * 1000,
  };
  return step('revoke-and-record', revokeAndRecordEvent, (event) => revokeAndRecord(event, deps));
}
