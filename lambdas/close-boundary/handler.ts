import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { closeBoundaryEnvironment } from '../../core/shared/environment.ts';
import { closeBoundaryEvent } from '../../core/work/step-events.ts';
import { EventBus } from '../control/evidence/event-bus.ts';
import type { ControlPorts } from '../control/function/ports.ts';
import { openRecords } from '../control/function/records.ts';
import { TaskSecrets } from '../control/secrets/secrets.ts';
import { step, type StepHandler } from '../control/function/step.ts';
import { BundleArchive } from './bundle-archive.ts';
import { EvidenceSigner } from './evidence-signer.ts';
import { closeBoundary, type CloseDependencies } from './close-boundary.ts';

export function closeBoundaryHandler({
  environment: variables,
  aws,
  clock,
  print,
}: ControlPorts): StepHandler {
  const environment = closeBoundaryEnvironment.parse(variables);
  const { ARCHIVE_BUCKET, ARCHIVE_PREFIX } = environment;
  const deps: CloseDependencies = {
    ...openRecords({ environment, aws, clock }),
    secrets: new TaskSecrets(new SecretsManagerClient({ ...aws }), clock),
    signer: new EvidenceSigner(new KMSClient({ ...aws }), environment.EVIDENCE_KEY_ARN),
    bus: new EventBus(new EventBridgeClient({ ...aws }), clock),
    clock,
    print,
    ...(ARCHIVE_BUCKET !== undefined && {
      archive: new BundleArchive(new S3Client({ ...aws }), ARCHIVE_BUCKET, ARCHIVE_PREFIX),
    }),
  };
  return step('close-boundary', closeBoundaryEvent, (event) => closeBoundary(event, deps));
}
