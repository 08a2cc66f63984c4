import type { HttpHandler } from '@smithy/protocol-http';
import { CredentialStore, type SessionCredentials } from '../gateway/auth/credentials.ts';
import { CloudFormation } from '../cloudformation/cloudformation.ts';
import { DynamoDb } from '../dynamodb/dynamodb-service.ts';
import { Gateway } from '../gateway/gateway.ts';
import { Authorizer } from '../iam/authorizer.ts';
import { iamService } from '../iam/iam-service.ts';
import { IamStore } from '../iam/iam-store.ts';
import { IdSource } from '../gateway/ids.ts';
import { InProcessHandler } from '../gateway/in-process-handler.ts';
import { KmsKeys } from '../kms/kms-keys.ts';
import { KmsService } from '../kms/kms-service.ts';
import { ACCOUNT_ID, REGION } from '../gateway/account-and-region.ts';
import { SecretsManager } from '../secrets/secrets-service.ts';
import type { RawRequest, RawResponse } from '../gateway/service.ts';
import { Ssm } from '../ssm/ssm.ts';
import { Sts } from '../sts/sts.ts';
import { stsService } from '../sts/sts-service.ts';
import { ClosableClock } from '../clock/closable-clock.ts';
import { addReadCalls } from './read-calls.ts';
import type { EmbeddedServices } from './services.ts';
import type { StartOptions } from './types.ts';
import { LogGroups } from '../logs/log-groups.ts';
import { Changes } from '../state/changes.ts';
import { Alarms } from '../events/alarms.ts';
import type { DelivererParts } from '../events/delivery.ts';
import { EventBridge } from '../events/event-bridge.ts';
import { Queues } from '../events/queues.ts';
import { statusChangeEvent } from '../events/status-change.ts';
import { Topics } from '../events/topics.ts';
import { FailureDestinations } from '../lambda/failure-destination.ts';
import { type HostOptions, LambdaHost } from '../lambda/host.ts';
import { ReachableServers } from '../lambda/reachable-servers.ts';
import { FunctionRegistry } from '../lambda/registry.ts';
import { LambdaService } from '../lambda/service.ts';
import { S3Service } from '../s3/service.ts';
import { Schedules } from '../scheduler/schedules.ts';
import { invokeFunction } from '../stepfunctions/run/invoke-function.ts';
import { StepFunctionsService } from '../stepfunctions/service.ts';
import { DEFAULT_ORIGIN } from '../template/resolve.ts';

/** The services of an embedded AWS, created and connected with each other. */
export class ConnectedServices implements EmbeddedServices {
  readonly clock: ClosableClock;
  readonly iam: IamStore;
  readonly sts: Sts;
  readonly secrets: SecretsManager;
  readonly dynamodb: DynamoDb;
  readonly s3: S3Service;
  readonly lambda: LambdaService;
  readonly states: StepFunctionsService;
  readonly ssm: Ssm;
  readonly cloudformation: CloudFormation;
  readonly keys: KmsKeys;
  readonly kms: KmsService;
  readonly events: EventBridge;
  readonly schedules: Schedules;
  readonly changes = new Changes();
  readonly logs = new LogGroups(this.changes);
  readonly queues = new Queues(this.changes);
  readonly topics = new Topics();
  readonly alarms = new Alarms();
  /** Servers outside AWS that functions may connect to. */
  readonly reachable = new ReachableServers();
  /** For the SDK's `requestHandler`. */
  readonly requestHandler: HttpHandler;
  readonly ids: IdSource;
  readonly credentials: CredentialStore;
  protected readonly origin: string;
  protected readonly gateway: Gateway;
  protected readonly authorizer: Authorizer;
  protected readonly destinations: FailureDestinations;

  constructor({ clock: given, seed, policyDelayMs, readLagMs = 0, origin, functions }: StartOptions) {
    const lag = typeof readLagMs === 'number' ? { secretsmanager: readLagMs, sts: readLagMs } : readLagMs;
    const clock = (this.clock = new ClosableClock(given));
    this.origin = origin ?? DEFAULT_ORIGIN;
    const ids = (this.ids = new IdSource(seed ?? 'taskbound'));
    this.keys = new KmsKeys(ids);
    this.kms = new KmsService(this.keys);
    const credentials = (this.credentials = new CredentialStore(ids, this.changes));
    const iam = (this.iam = new IamStore(ids, this.changes));
    const authorizer = (this.authorizer = new Authorizer(iam, policyDelayMs));
    this.gateway = new Gateway({ clock, ids, credentials, authorizer });
    this.sts = new Sts({ store: iam, credentials, authorizer, roleLagMs: lag.sts ?? 0 });
    this.secrets = new SecretsManager({
      ids,
      keys: this.keys,
      principalExists: (arn) => this.#principalExists(arn),
      changes: this.changes,
      readLagMs: lag.secretsmanager ?? 0,
    });
    this.dynamodb = new DynamoDb(this.changes);
    this.s3 = new S3Service({ clock, changes: this.changes });
    this.ssm = new Ssm();
    this.cloudformation = new CloudFormation();
    this.lambda = this.#makeLambda(functions);
    this.states = this.#makeStates();
    const { queues } = this;
    this.destinations = new FailureDestinations({
      ...{ clock, ids, queues, authorizer },
      callerOf: (roleArn) =>
        this.sts.assumeServiceRole(roleArn, 'lambda.amazonaws.com', 'destination', clock.nowMs()).caller,
    });
    const parts: DelivererParts = { clock, ids, queues, authorizer, handleAs: this.gateway.handleAs };
    this.events = new EventBridge(parts);
    this.schedules = this.#makeSchedules(parts);
    this.states.onEveryStatus((execution) =>
      this.events.emit((id, atMs) => statusChangeEvent(execution, id, atMs)),
    );
    this.requestHandler = new InProcessHandler(this.handle);
    const { secrets, dynamodb, s3, ssm, cloudformation, lambda, states, events } = this;
    const iamApi = iamService(iam, this.credentials);
    for (const service of [
      iamApi,
      stsService(this.sts, credentials),
      this.kms,
      secrets,
      dynamodb,
      s3,
      ssm,
      cloudformation,
      lambda,
      states,
      events,
      ...addReadCalls(this, { kms: this.kms, iamApi }),
    ]) {
      this.gateway.register(service);
    }
  }

  /** Serves one signed request. */
  readonly handle = (request: RawRequest): Promise<RawResponse> => this.gateway.handle(request);

  /**
   * Credentials of a role for a service such as `lambda.amazonaws.com`. The role's trust policy must allow
   * it.
   */
  readonly assumeServiceRole = (roleArn: string, service: string, sessionName: string): SessionCredentials =>
    this.sts.assumeServiceRole(roleArn, service, sessionName, this.clock.nowMs()).credentials;

  #makeLambda(functions: StartOptions['functions']): LambdaService {
    const { clock, handle: send, reachable, assumeServiceRole, logs } = this;
    const options: HostOptions = {
      ...{ clock, send, reachable, assumeServiceRole, region: REGION },
      onLog: (group, line) => logs.append(group, line),
    };
    return new LambdaService(
      new FunctionRegistry(this.origin, functions?.readBundle),
      functions?.host(options) ?? new LambdaHost(options),
      (abandoned) => this.destinations.send(abandoned),
    );
  }

  #makeStates(): StepFunctionsService {
    const { clock, handle: send, assumeServiceRole } = this;
    const invokeLambda = invokeFunction({ clock, send, assumeServiceRole, region: REGION });
    return new StepFunctionsService({
      ...{ clock, region: REGION, accountId: ACCOUNT_ID, invokeLambda },
      changes: this.changes,
    });
  }

  #makeSchedules(parts: DelivererParts): Schedules {
    return new Schedules({
      ...parts,
      assumeRole: (roleArn, sourceArn, sessionName) =>
        this.sts.assumeServiceRole(
          roleArn,
          'scheduler.amazonaws.com',
          sessionName,
          this.clock.nowMs(),
          sourceArn,
        ).caller,
    });
  }

  /** Whether a principal exists. Sessions exist if their role does; services and accounts are not looked up. */
  #principalExists(arn: string): boolean {
    const sessionOf = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
    if (sessionOf !== undefined) return this.iam.roles().some(({ name }) => name === sessionOf);
    return !arn.includes(':role/') || this.iam.findByArn(arn) !== undefined;
  }
}
