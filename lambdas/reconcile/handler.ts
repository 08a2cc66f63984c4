import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { reconcileEnvironment } from '../../core/environment.ts';
import { boundaryOfTeardown } from '../../core/ids.ts';
import { reconcileEvent } from '../../core/steps.ts';
import { EventBus } from '../control/event-bus.ts';
import type { ControlPorts } from '../control/ports.ts';
import { openRecords } from '../control/records.ts';
import { TaskSecrets } from '../control/secrets.ts';
import { reconcileDue } from './reconcile-due.ts';
import { reconcileOne } from './reconcile.ts';

export function reconcileHandler({
  environment: variables,
  aws,
  clock,
  print,
}: ControlPorts): (input: unknown) => Promise<unknown> {
  const environment = reconcileEnvironment.parse(variables);
  const on = {
    ...openRecords({ environment, aws, clock }),
    executions: new SFNClient({ ...aws }),
    iam: new IAMClient({ ...aws }),
    secrets: new TaskSecrets(new SecretsManagerClient({ ...aws })),
    bus: new EventBus(new EventBridgeClient({ ...aws }), clock),
    clock,
    print,
    stack: environment.STACK,
    teardownMachineArn: environment.TEARDOWN_MACHINE_ARN,
  };
  return async (input) => {
    const boundaryId = namedIn(input);
    return boundaryId === undefined ? reconcileDue(on) : reconcileOne(boundaryId, on);
  };
}

/** The boundary that an event names, by its own execution or by its Teardown's. */
function namedIn(input: unknown): string | undefined {
  const event = reconcileEvent.parse(input);
  if ('teardown' in event) return boundaryOfTeardown(event.teardown);
  return 'boundaryId' in event ? event.boundaryId : undefined;
}
