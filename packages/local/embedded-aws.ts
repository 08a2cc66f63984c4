import type { HttpHandler } from '@smithy/protocol-http';
import type { Decision } from 'taskbound-iam/policy';
import {
  CredentialStore,
  type RootCredentials,
  type SessionCredentials,
} from './gateway/auth/credentials.ts';
import { clockSigner } from './gateway/auth/clock-signer.ts';
import { CloudFormation } from './cloudformation/cloudformation.ts';
import { DynamoDb } from './dynamodb/dynamodb-service.ts';
import { type DefectHook, Gateway } from './gateway/gateway.ts';
import { Authorizer, type Occasion } from './iam/authorizer.ts';
import { iamService } from './iam/iam-service.ts';
import { IamStore } from './iam/iam-store.ts';
import type { Usage } from './iam/usage.ts';
import { IdSource } from './gateway/ids.ts';
import { InProcessHandler } from './gateway/in-process-handler.ts';
import type { Intercept, Observe } from './gateway/intercept.ts';
import { KmsKeys } from './kms/kms-keys.ts';
import { KmsService } from './kms/kms-service.ts';
import { type Listening, listen } from './gateway/listener.ts';
import { ACCOUNT_ID, REGION } from './gateway/place.ts';
import { SecretsManager } from './secrets/secrets-service.ts';
import type { Caller, Check, RawRequest, RawResponse } from './gateway/service.ts';
import { Ssm } from './ssm/ssm.ts';
import { Sts } from './sts/sts.ts';
import { stsService } from './sts/sts-service.ts';
import type { TrailRecord } from './trail/trail.ts';
import type { LocalClock } from './clock/local-clock.ts';
import type { EmbeddedServices } from './embedded-parts.ts';
import type { AssemblyOptions, InProcessClientConfig, LoadedStack, StartOptions } from './embedded-types.ts';
import { Alarms } from './events/alarms.ts';
import type { DelivererParts } from './events/delivery.ts';
import { EventBridge } from './events/event-bridge.ts';
import { Queues } from './events/queues.ts';
import { statusChangeEvent } from './events/status-change.ts';
import { Topics } from './events/topics.ts';
import { FailureDestinations, type UndeliveredRecord } from './lambda/failure-destination.ts';
import { LambdaHost } from './lambda/host.ts';
import { ReachableServers } from './lambda/reachable-servers.ts';
import { FunctionRegistry } from './lambda/registry.ts';
import { LambdaService } from './lambda/service.ts';
import { S3Service } from './s3/service.ts';
import { Schedules } from './scheduler/schedules.ts';
import { restoreState, snapshotState } from './state-snapshot.ts';
import { invokeFunction } from './stepfunctions/invoke-function.ts';
import { StepFunctionsService } from './stepfunctions/service.ts';
import { Stacks, type TemplateSource } from './stacks.ts';
import { DEFAULT_ORIGIN } from './template/resolve.ts';

export type { AssemblyOptions, InProcessClientConfig, LoadedStack, StartOptions };

/** AWS in one process: one account, one region, IAM enforced for every call. */
export class EmbeddedAws implements EmbeddedServices {
  readonly clock: LocalClock;
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
  readonly queues = new Queues();
  readonly topics = new Topics();
  readonly alarms = new Alarms();
  /** Servers outside AWS that functions may connect to. */
  readonly reachable = new ReachableServers();
  /** For the SDK's `requestHandler`. */
  readonly requestHandler: HttpHandler;
  readonly ids: IdSource;
  readonly credentials: CredentialStore;
  readonly #origin: string;
  readonly #gateway: Gateway;
  readonly #authorizer: Authorizer;
  readonly #destinations: FailureDestinations;
  readonly #listening: Listening[] = [];
  readonly #stacks: Stacks;

  /** Starts an embedded AWS without any resources. */
  static start(options: StartOptions): Promise<EmbeddedAws> {
    return Promise.resolve(new EmbeddedAws(options));
  }

  private constructor({ clock, seed, policyDelayMs, origin, functions }: StartOptions) {
    this.clock = clock;
    this.#origin = origin ?? DEFAULT_ORIGIN;
    this.#stacks = new Stacks(this, this.#origin);
    const ids = (this.ids = new IdSource(seed ?? 'taskbound'));
    this.keys = new KmsKeys(ids);
    this.kms = new KmsService(this.keys);
    const credentials = (this.credentials = new CredentialStore(ids));
    const iam = (this.iam = new IamStore(ids));
    const authorizer = (this.#authorizer = new Authorizer(iam, policyDelayMs));
    this.#gateway = new Gateway({ clock, ids, credentials, authorizer });
    this.sts = new Sts({ store: iam, credentials, authorizer });
    this.secrets = new SecretsManager({
      ids,
      keys: this.keys,
      principalExists: (arn) => this.#principalExists(arn),
    });
    this.dynamodb = new DynamoDb();
    this.s3 = new S3Service({ clock });
    this.ssm = new Ssm();
    this.cloudformation = new CloudFormation();
    this.lambda = this.#makeLambda(functions);
    this.states = this.#makeStates();
    const { queues } = this;
    this.#destinations = new FailureDestinations({
      ...{ clock, ids, queues, authorizer },
      callerOf: (roleArn) =>
        this.sts.assumeServiceRole(roleArn, 'lambda.amazonaws.com', 'destination', clock.nowMs()).caller,
    });
    const parts: DelivererParts = { clock, ids, queues, authorizer, handleAs: this.#gateway.handleAs };
    this.events = new EventBridge(parts);
    this.schedules = this.#makeSchedules(parts);
    this.states.onEveryStatus((execution) =>
      this.events.emit((id, atMs) => statusChangeEvent(execution, id, atMs)),
    );
    this.requestHandler = new InProcessHandler(this.handle);
    const { secrets, dynamodb, s3, ssm, cloudformation, lambda, states, events } = this;
    for (const service of [
      iamService(iam, this.credentials),
      stsService(this.sts),
      this.kms,
      secrets,
      dynamodb,
      s3,
      ssm,
      cloudformation,
      lambda,
      states,
      events,
    ]) {
      this.#gateway.register(service);
    }
  }

  get rootCredentials(): RootCredentials {
    return this.credentials.root;
  }

  /** The CloudTrail record of every call, in order. */
  get trail(): readonly TrailRecord[] {
    return this.#gateway.trail;
  }

  /** On-failure records of Lambda that could not be sent to their queue. */
  get lostDestinations(): readonly UndeliveredRecord[] {
    return this.#destinations.lost;
  }

  /** Every statement that allowed a call, once for each distinct use. */
  get usage(): readonly Usage[] {
    return this.#authorizer.usage.list();
  }

  /** Called with unexpected errors, which are bugs of the embedded AWS. By default they are thrown. */
  set onDefect(hook: DefectHook) {
    this.#gateway.onDefect = hook;
  }

  /** Called before each authenticated call, to inject faults. @default undefined */
  set intercept(hook: Intercept | undefined) {
    this.#gateway.intercept = hook;
  }

  /** Called after each authenticated call. @default undefined */
  set observe(hook: Observe | undefined) {
    this.#gateway.observe = hook;
  }

  /**
   * Serves an unsigned call by the owner of an access key. Everything except the signature check is as for a
   * signed call.
   */
  readonly handleUnsigned = (
    service: string,
    accessKeyId: string,
    request: RawRequest,
  ): Promise<RawResponse> => this.#gateway.handleUnsigned(service, accessKeyId, request);

  /** Serves an unsigned call by a known caller. */
  readonly handleAs = (service: string, caller: Caller, request: RawRequest): Promise<RawResponse> =>
    this.#gateway.handleAs(service, caller, request);

  /** IAM's decision about a call by a session at a given time. Calls nothing and records nothing. */
  decide(caller: Caller, check: Check, occasion: Occasion): Decision {
    return this.#authorizer.decide(caller, check, occasion);
  }

  /** Starts the schedules. Their timers repeat, so virtual time always has a next timer until `stopSchedules`. */
  startSchedules(): void {
    this.schedules.start();
  }

  stopSchedules(): void {
    this.schedules.stop();
  }

  readonly handle = (request: RawRequest): Promise<RawResponse> => this.#gateway.handle(request);

  /**
   * Credentials of a role for a service such as `lambda.amazonaws.com`. The role's trust policy must allow
   * it.
   */
  readonly assumeServiceRole = (roleArn: string, service: string, sessionName: string): SessionCredentials =>
    this.sts.assumeServiceRole(roleArn, service, sessionName, this.clock.nowMs()).credentials;

  /** The configuration of an SDK client in this process, which signs with the embedded clock. */
  clientConfig(
    credentials: InProcessClientConfig['credentials'] = this.rootCredentials,
  ): InProcessClientConfig {
    const { requestHandler } = this;
    const signerConstructor = clockSigner(this.clock);
    return {
      region: REGION,
      endpoint: this.#origin,
      credentials,
      requestHandler,
      signerConstructor,
      forcePathStyle: true,
    };
  }

  /** Loads a stack from a folder that `cdk synth` wrote. Throws `TemplateRefused`. */
  loadAssembly(dir: string, options: AssemblyOptions = {}): Promise<LoadedStack> {
    return this.#stacks.loadAssembly(dir, options);
  }

  /** Loads a template object. A stack that exists is updated, like a deployment. Throws `TemplateRefused`. */
  load(template: unknown, from: TemplateSource): Promise<LoadedStack> {
    return this.#stacks.load(template, from);
  }

  /**
   * Listens on 127.0.0.1; port 0 picks a free port. Function URLs in outputs keep the origin given to
   * `start`.
   */
  async listen(port: number): Promise<Listening> {
    const listening = await listen(this.handle, port);
    this.#listening.push(listening);
    return listening;
  }

  /** The data of the services, as JSON text. The stack itself comes from its template. */
  snapshot(): Promise<string> {
    return snapshotState(this);
  }

  /** Restores a snapshot, after the same stack was loaded. */
  restore(json: string): Promise<void> {
    return restoreState(this, json);
  }

  async close(): Promise<void> {
    this.schedules.stop();
    this.lambda.host.close();
    await Promise.all(this.#listening.map((listening) => listening.close()));
  }

  #makeLambda(functions: StartOptions['functions']): LambdaService {
    const { clock, handle: send, reachable, assumeServiceRole } = this;
    const options = { clock, send, reachable, assumeServiceRole, region: REGION };
    return new LambdaService(
      new FunctionRegistry(this.#origin, functions?.readBundle),
      functions?.host(options) ?? new LambdaHost(options),
      (abandoned) => this.#destinations.send(abandoned),
    );
  }

  #makeStates(): StepFunctionsService {
    const { clock, handle: send, assumeServiceRole } = this;
    const invokeLambda = invokeFunction({ clock, send, assumeServiceRole, region: REGION });
    return new StepFunctionsService({ clock, region: REGION, accountId: ACCOUNT_ID, invokeLambda });
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
