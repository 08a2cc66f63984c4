import type { STSClientConfig } from '@aws-sdk/client-sts';
import type { HttpHandler } from '@smithy/protocol-http';
import { CredentialStore, type RootCredentials, type SessionCredentials } from './aws/auth/credentials.ts';
import { clockSigner } from './aws/clock-signer.ts';
import { CloudFormation } from './aws/cloudformation.ts';
import { DynamoDb } from './aws/dynamodb/dynamodb-service.ts';
import { type DefectHook, Gateway } from './aws/gateway.ts';
import { Authorizer, type PolicyDelay } from './aws/iam/authorizer.ts';
import { iamService } from './aws/iam/iam-service.ts';
import { IamStore } from './aws/iam/iam-store.ts';
import type { Usage } from './aws/iam/usage.ts';
import { IdSource } from './aws/ids.ts';
import { InProcessHandler } from './aws/in-process-handler.ts';
import { KmsKeys } from './aws/kms-keys.ts';
import { type Listening, listen } from './aws/listener.ts';
import { ACCOUNT_ID, REGION } from './aws/place.ts';
import { SecretsManager } from './aws/secrets/secrets-service.ts';
import type { RawRequest, RawResponse } from './aws/service.ts';
import { Ssm } from './aws/ssm.ts';
import { Sts } from './aws/sts/sts.ts';
import { stsService } from './aws/sts/sts-service.ts';
import type { TrailRecord } from './aws/trail.ts';
import type { LocalClock } from './clock.ts';
import { LambdaHost } from './lambda/host.ts';
import { createInvokeAs } from './lambda/invoke-as.ts';
import { FunctionRegistry } from './lambda/registry.ts';
import { LambdaService } from './lambda/service.ts';
import { S3Service } from './s3/service.ts';
import { restoreState, snapshotState } from './state-snapshot.ts';
import { StepFunctionsService } from './stepfunctions/service.ts';
import { readAssembly } from './template/assembly.ts';
import { loadStack } from './template/load.ts';
import { type ResolvedResource, DEFAULT_ORIGIN, resolveTemplate } from './template/resolve.ts';
import { type Template, parseTemplate } from './template/template.ts';

export interface StartOptions {
  readonly clock: LocalClock;
  /** Same seed and same calls: same ids, keys and secrets' suffixes. @default taskbound */
  readonly seed?: string;
  /** @default DEFAULT_POLICY_DELAY_MS */
  readonly policyDelayMs?: PolicyDelay;
  /** Where clients outside reach it, for function URLs: `http://127.0.0.1:4566`. @default DEFAULT_ORIGIN */
  readonly origin?: string;
}

export interface LoadedStack {
  readonly stackName: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: ReadonlyMap<string, ResolvedResource>;
}

export interface AssemblyOptions {
  readonly stackName?: string;
  /** Alters the template before it is loaded. */
  readonly transform?: (template: Template) => Template;
}

/** What an SDK client is made with to reach this AWS in process, on its clock. */
export interface InProcessClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly requestHandler: HttpHandler;
  /** Signs by this AWS's clock. */
  readonly signerConstructor: NonNullable<STSClientConfig['signerConstructor']>;
  readonly forcePathStyle: true;
}

/** AWS in one process: one account, one region, IAM enforced for every call. */
export class EmbeddedAws {
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
  readonly keys = new KmsKeys();
  /** For the SDK's `requestHandler`. */
  readonly requestHandler: HttpHandler;
  readonly ids: IdSource;
  readonly credentials: CredentialStore;
  readonly #origin: string;
  readonly #gateway: Gateway;
  readonly #authorizer: Authorizer;
  readonly #listening: Listening[] = [];

  /** Nothing is made before it resolves. */
  static start(options: StartOptions): Promise<EmbeddedAws> {
    return Promise.resolve(new EmbeddedAws(options));
  }

  private constructor({ clock, seed, policyDelayMs, origin }: StartOptions) {
    this.clock = clock;
    this.#origin = origin ?? DEFAULT_ORIGIN;
    const ids = (this.ids = new IdSource(seed ?? 'taskbound'));
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
    this.lambda = this.#makeLambda();
    this.states = this.#makeStates();
    this.requestHandler = new InProcessHandler(this.handle);
    const { secrets, dynamodb, s3, ssm, cloudformation, lambda, states } = this;
    for (const service of [
      iamService(iam),
      stsService(this.sts),
      secrets,
      dynamodb,
      s3,
      ssm,
      cloudformation,
      lambda,
      states,
    ]) {
      this.#gateway.register(service);
    }
  }

  get rootCredentials(): RootCredentials {
    return this.credentials.root;
  }

  /** Every call, as CloudTrail records it, in order. */
  get trail(): readonly TrailRecord[] {
    return this.#gateway.trail;
  }

  /** Every statement that allowed something, each use once. */
  get usage(): readonly Usage[] {
    return this.#authorizer.usage.list();
  }

  /** Called with what is our own mistake, not an error that AWS has. By default it is thrown. */
  set onDefect(hook: DefectHook) {
    this.#gateway.onDefect = hook;
  }

  readonly handle = (request: RawRequest): Promise<RawResponse> => this.#gateway.handle(request);

  /** Credentials of a role for its service (`lambda.amazonaws.com`); the role's trust must allow it. */
  readonly assumeServiceRole = (roleArn: string, service: string, sessionName: string): SessionCredentials =>
    this.sts.assumeServiceRole(roleArn, service, sessionName, this.clock.nowMs()).credentials;

  /** The config of an SDK client in this process, which signs by the embedded clock. */
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

  /** Loads a stack of a folder that `cdk synth` wrote. Throws `TemplateRefused`. */
  async loadAssembly(dir: string, { stackName, transform }: AssemblyOptions = {}): Promise<LoadedStack> {
    const assembly = await readAssembly(dir, stackName);
    const template = transform?.(assembly.template) ?? assembly.template;
    return this.load(template, {
      stackName: assembly.stackName,
      assetDir: (hash) => assembly.assets.get(hash),
    });
  }

  /** Loads a template object. `assetDir` tells the folder of a code asset by its hash. Throws `TemplateRefused`. */
  async load(
    template: unknown,
    options: { readonly stackName: string; readonly assetDir?: (hash: string) => string | undefined },
  ): Promise<LoadedStack> {
    const { stackName, assetDir = () => undefined } = options;
    const atMs = this.clock.nowMs();
    const stack = resolveTemplate(parseTemplate(template), { stackName, origin: this.#origin });
    const { iam, keys, dynamodb, states, s3, ssm } = this;
    await loadStack(stack, {
      iam,
      keys,
      dynamodb,
      states,
      s3,
      ssm,
      functions: this.lambda.registry,
      assetDir,
      atMs,
    });
    this.cloudformation.stacks.set(stackName, {
      name: stackName,
      id: stack.stackId,
      createdMs: atMs,
      outputs: stack.outputs,
    });
    return {
      stackName,
      outputs: Object.fromEntries(stack.outputs.map(({ key, value }) => [key, value])),
      resources: new Map(stack.resources.map((resource) => [resource.logicalId, resource])),
    };
  }

  /** Serves it on 127.0.0.1; port 0 picks a free one. Function URLs in outputs keep the origin that `start` was given. */
  async listen(port: number): Promise<Listening> {
    const listening = await listen(this.handle, port);
    this.#listening.push(listening);
    return listening;
  }

  /** What the services hold, as JSON text; the stack itself comes from its template. */
  snapshot(): Promise<string> {
    return snapshotState(this);
  }

  /** Takes a snapshot back, after the same stack was loaded. */
  restore(json: string): Promise<void> {
    return restoreState(this, json);
  }

  async close(): Promise<void> {
    this.lambda.host.close();
    await Promise.all(this.#listening.map((listening) => listening.close()));
  }

  #makeLambda(): LambdaService {
    const { clock, handle: send, assumeServiceRole } = this;
    return new LambdaService(
      new FunctionRegistry(this.#origin),
      new LambdaHost({ clock, send, assumeServiceRole, region: REGION }),
    );
  }

  #makeStates(): StepFunctionsService {
    const { clock, handle: send, assumeServiceRole } = this;
    const invokeAs = createInvokeAs({ clock, send, assumeServiceRole, region: REGION });
    return new StepFunctionsService({
      clock,
      region: REGION,
      accountId: ACCOUNT_ID,
      invokeLambda: async ({ functionName, payload, roleArn, executionArn }) => {
        const sessionName = executionArn.split(':').at(-1)?.slice(0, 64) ?? 'states';
        const { Payload, ExecutedVersion } = await invokeAs({
          functionArn: functionName,
          payload,
          roleArn,
          sessionName: sessionName.padEnd(2, '-'),
        });
        return { payload: Payload, executedVersion: ExecutedVersion };
      },
    });
  }

  /** Roles must exist; sessions count by their role; services and accounts are not looked up. */
  #principalExists(arn: string): boolean {
    const sessionOf = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
    if (sessionOf !== undefined) return this.iam.roles().some(({ name }) => name === sessionOf);
    return !arn.includes(':role/') || this.iam.findByArn(arn) !== undefined;
  }
}
