import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { closeBoundaryEnvironment } from '../../core/environment.ts';
import { closeBoundaryEvent } from '../../core/steps.ts';
import { EventBus } from '../control/event-bus.ts';
import type { ControlPorts } from '../control/ports.ts';
import { openRecords } from '../control/records.ts';
import { TaskSecrets } from '../control/secrets.ts';
import { step, type StepHandler } from '../control/step.ts';
import { EvidenceSigner } from './evidence-signer.ts';
import { closeBoundary, type CloseDependencies } from './close-boundary.ts';

export function closeBoundaryHandler({ environment: variables, aws, clock }: ControlPorts): StepHandler {
  const environment = closeBoundaryEnvironment.parse(variables);
  const on: CloseDependencies = {
    ...openRecords({ environment, aws, clock }),
    secrets: new TaskSecrets(new SecretsManagerClient({ ...aws })),
    signer: new EvidenceSigner(new KMSClient({ ...aws }), environment.EVIDENCE_KEY_ARN),
    bus: new EventBus(new EventBridgeClient({ ...aws }), clock),
    clock,
  };
  return step('close-boundary', closeBoundaryEvent, (event) => closeBoundary(event, on));
}
