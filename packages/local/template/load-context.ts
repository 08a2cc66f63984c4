import type { DynamoDb } from '../dynamodb/dynamodb-service.ts';
import type { IamStore } from '../iam/iam-store.ts';
import type { KmsKeys } from '../kms/kms-keys.ts';
import type { SecretsManager } from '../secrets/secrets-service.ts';
import type { Ssm } from '../ssm/ssm.ts';
import type { LogGroups } from '../logs/log-groups.ts';
import type { Alarms } from '../events/alarms.ts';
import type { EventBridge } from '../events/event-bridge.ts';
import type { Queues } from '../events/queues.ts';
import type { Topics } from '../events/topics.ts';
import type { FunctionRegistry } from '../lambda/registry.ts';
import type { S3Service } from '../s3/service.ts';
import type { Schedules } from '../scheduler/schedules.ts';
import type { StepFunctionsService } from '../stepfunctions/service.ts';
import type { ResolvedResource } from './resolve.ts';

/** The services that a template's resources are loaded into. */
export interface LoadContext {
  readonly iam: IamStore;
  readonly keys: KmsKeys;
  readonly secrets: SecretsManager;
  readonly dynamodb: DynamoDb;
  readonly functions: FunctionRegistry;
  readonly states: StepFunctionsService;
  readonly s3: S3Service;
  readonly ssm: Ssm;
  readonly events: EventBridge;
  readonly schedules: Schedules;
  readonly queues: Queues;
  readonly topics: Topics;
  readonly alarms: Alarms;
  readonly logs: LogGroups;
  /** The folder of a code asset, given its hash; `undefined` when there is none. */
  readonly assetDir: (hash: string) => string | undefined;
  readonly atMs: number;
  /** The stack's resources before this load, by logical id; empty for the first load. */
  readonly previous: ReadonlyMap<string, ResolvedResource>;
}

/** Loads one resource into its service. Throws `TemplateRefused`. */
export type Loader = (resource: ResolvedResource, context: LoadContext) => void | Promise<void>;
