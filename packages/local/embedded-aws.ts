import type { Decision } from 'taskbound-iam/policy';
import type { RootCredentials } from './gateway/auth/credentials.ts';
import { clockSigner } from './gateway/auth/clock-signer.ts';
import type { DefectHook } from './gateway/call-runner.ts';
import type { Occasion } from './iam/authorizer.ts';
import type { Usage } from './iam/usage.ts';
import type { Intercept, Observe } from './gateway/intercept.ts';
import { type Listening, listen } from './gateway/listener.ts';
import { REGION } from './gateway/account-and-region.ts';
import type { Caller, Check, RawRequest, RawResponse } from './gateway/service.ts';
import type { TrailRecord } from './trail/trail.ts';
import type { InProcessClientConfig, LoadedStack, StackContents, StartOptions } from './embedded/types.ts';
import type { AssemblyOptions } from './template/resolve-assembly.ts';
import type { UndeliveredRecord } from './lambda/failure-destination.ts';
import { noteStack, restoreState } from './embedded/restore-state.ts';
import type { ChangeListener } from './state/changes.ts';
import type { SavedState } from './state/saved-state.ts';
import { Stacks, type TemplateSource } from './embedded/stacks.ts';
import { ConnectedServices } from './embedded/connected-services.ts';

export type { AssemblyOptions, InProcessClientConfig, LoadedStack, StackContents, StartOptions };

/** AWS in one process: one account, one region, IAM enforced for every call. */
export class EmbeddedAws extends ConnectedServices {
  readonly #listening: Listening[] = [];
  readonly #stacks = new Stacks(this, this.origin);
  #resume: () => void = () => undefined;

  /** Starts an embedded AWS without any resources. */
  static start(options: StartOptions): Promise<EmbeddedAws> {
    return Promise.resolve(new EmbeddedAws(options));
  }

  get rootCredentials(): RootCredentials {
    return this.credentials.root;
  }

  /** The CloudTrail record of every call, in order. */
  get trail(): readonly TrailRecord[] {
    return this.gateway.trail;
  }

  /** On-failure records of Lambda that could not be sent to their queue. */
  get lostDestinations(): readonly UndeliveredRecord[] {
    return this.destinations.lost;
  }

  /** Every statement that allowed a call, once for each distinct use. */
  get usage(): readonly Usage[] {
    return this.authorizer.usage.list();
  }

  /** Called with unexpected errors, which are bugs of the embedded AWS. By default they are thrown. */
  set onDefect(hook: DefectHook) {
    this.gateway.onDefect = hook;
  }

  /** Called before each authenticated call, to inject faults. @default undefined */
  set intercept(hook: Intercept | undefined) {
    this.gateway.intercept = hook;
  }

  /** Called after each authenticated call. @default undefined */
  set observe(hook: Observe | undefined) {
    this.gateway.observe = hook;
  }

  /**
   * Serves an unsigned call by the owner of an access key. Everything except the signature check is as for a
   * signed call.
   */
  readonly handleUnsigned = (
    service: string,
    accessKeyId: string,
    request: RawRequest,
  ): Promise<RawResponse> => this.gateway.handleUnsigned(service, accessKeyId, request);

  /** Serves an unsigned call by a known caller. */
  readonly handleAs = (service: string, caller: Caller, request: RawRequest): Promise<RawResponse> =>
    this.gateway.handleAs(service, caller, request);

  /** IAM's decision about a call by a session at a given time. Calls nothing and records nothing. */
  decide(caller: Caller, check: Check, occasion: Occasion): Decision {
    return this.authorizer.decide(caller, check, occasion);
  }

  /** Starts the schedules. Virtual time does not advance for their next occurrences alone. */
  startSchedules(): void {
    this.schedules.start();
  }

  stopSchedules(): void {
    this.schedules.stop();
  }

  /** The configuration of an SDK client in this process, which signs with the embedded clock. */
  clientConfig(
    credentials: InProcessClientConfig['credentials'] = this.rootCredentials,
  ): InProcessClientConfig {
    const { requestHandler } = this;
    const signerConstructor = clockSigner(this.clock);
    return {
      region: REGION,
      endpoint: this.origin,
      credentials,
      requestHandler,
      signerConstructor,
      forcePathStyle: true,
    };
  }

  /** Loads a stack from a folder that `cdk synth` wrote, after the stacks on which it depends. Throws `TemplateRefused`. */
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
   * @param written Awaited before each response leaves, so that a client never learns what could still be lost.
   */
  async listen(port: number, written: () => Promise<void> = async () => undefined): Promise<Listening> {
    const handle = async (request: RawRequest): Promise<RawResponse> => {
      const response = await this.handle(request);
      await written();
      return response;
    };
    const listening = await listen(handle, port);
    this.#listening.push(listening);
    return listening;
  }

  /** Restores what was saved, after the same stack was loaded. Executions that ran continue at `resume`. */
  async restore(state: SavedState): Promise<void> {
    this.#resume = await restoreState(this, state);
  }

  /** Reports every change from now on to `listener`, and what is different at each start of the same stack. */
  follow(listener: ChangeListener): void {
    this.changes.follow(listener);
    noteStack(this);
  }

  /** Continues the executions that ran when the restored state was saved. */
  resume(): void {
    this.#resume();
    this.#resume = () => undefined;
  }

  /** Ends everything: executions, deliveries and functions do not continue, and nothing keeps the process running. */
  async close(): Promise<void> {
    this.clock.close();
    this.schedules.stop();
    this.lambda.host.close();
    await Promise.all(this.#listening.map((listening) => listening.close()));
  }
}
