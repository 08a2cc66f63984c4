import type { CredentialStore } from '../gateway/auth/credentials.ts';
import type { CloudFormation } from '../cloudformation/cloudformation.ts';
import type { DynamoDb } from '../dynamodb/dynamodb-service.ts';
import type { IamStore } from '../iam/iam-store.ts';
import type { IdSource } from '../gateway/ids.ts';
import type { KmsKeys } from '../kms/kms-keys.ts';
import type { SecretsManager } from '../secrets/secrets-service.ts';
import type { Ssm } from '../ssm/ssm.ts';
import type { LocalClock } from '../clock/local-clock.ts';
import type { LogGroups } from '../logs/log-groups.ts';
import type { Changes } from '../state/changes.ts';
import type { Alarms } from '../events/alarms.ts';
import type { EventBridge } from '../events/event-bridge.ts';
import type { Queues } from '../events/queues.ts';
import type { Topics } from '../events/topics.ts';
import type { LambdaService } from '../lambda/service.ts';
import type { S3Service } from '../s3/service.ts';
import type { Schedules } from '../scheduler/schedules.ts';
import type { StepFunctionsService } from '../stepfunctions/service.ts';

/**
 * The services of an embedded AWS that have state. Stacks load resources into them; snapshots read and
 * restore them.
 */
export interface EmbeddedServices {
  readonly clock: LocalClock;
  readonly ids: IdSource;
  readonly credentials: CredentialStore;
  readonly iam: IamStore;
  readonly secrets: SecretsManager;
  readonly dynamodb: DynamoDb;
  readonly s3: S3Service;
  readonly lambda: LambdaService;
  readonly states: StepFunctionsService;
  readonly ssm: Ssm;
  readonly cloudformation: CloudFormation;
  readonly keys: KmsKeys;
  readonly events: EventBridge;
  readonly schedules: Schedules;
  readonly queues: Queues;
  readonly topics: Topics;
  readonly alarms: Alarms;
  readonly logs: LogGroups;
  readonly changes: Changes;
}
