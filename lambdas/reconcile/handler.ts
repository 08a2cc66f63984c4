import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { reconcileEnvironment } from '../../core/shared/environment.ts';
import { boundaryOfTeardown } from 'taskbound-evidence/names/ids';
import { reconcileEvent } from '../../core/work/step-events.ts';
import { EventBus } from '../control/evidence/event-bus.ts';
import type { LoginPorts } from '../control/logins/login-ports.ts';
import { Logins } from '../control/logins/logins.ts';
import { openRecords } from '../control/function/records.ts';
import { TaskSecrets } from '../control/secrets/secrets.ts';
import { reconcileDue } from './reconcile-due.ts';
import { reconcileOne } from './reconcile.ts';
import { removeStrays } from './strays.ts';
import { TaskPolicies } from './task-policies.ts';

export function reconcileHandler({
  environment: variables,
  aws,
  clock,
  print,
  loginServer,
}: LoginPorts): (input: unknown) => Promise<unknown> {
  const environment = reconcileEnvironment.parse(variables);
  const secrets = new TaskSecrets(new SecretsManagerClient({ ...aws }), clock);
  const deps = {
    ...openRecords({ environment, aws, clock }),
    executions: new SFNClient({ ...aws }),
    policies: new TaskPolicies(new IAMClient({ ...aws }), environment.STACK),
    secrets,
    logins: new Logins(loginServer, secrets),
    bus: new EventBus(new EventBridgeClient({ ...aws }), clock),
    clock,
    print,
    stack: environment.STACK,
    teardownMachineArn: environment.TEARDOWN_MACHINE_ARN,
  };
  return async (input) => {
    const event = reconcileEvent.parse(input);
    if ('strays' in event) return removeStrays(deps);
    if ('boundaryId' in event) return reconcileOne(event.boundaryId, deps);
    if (!('teardown' in event)) return reconcileDue(deps);
    // A Teardown execution whose name contains no boundary was not started by Taskbound: reconcile all due
    // rows instead.
    const boundaryId = boundaryOfTeardown(event.teardown);
    return boundaryId === undefined ? reconcileDue(deps) : reconcileOne(boundaryId, deps);
  };
}
