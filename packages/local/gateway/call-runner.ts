import type { Authorizer } from '../iam/authorizer.ts';
import { type Recorded, type TrailRecord, trailRecord } from '../trail/trail.ts';
import { REGION } from './account-and-region.ts';
import type { IdSource } from './ids.ts';
import { type Call, type RawRequest, type RawResponse, type Service, AwsError } from './service.ts';

/** Called with an unexpected error, a bug of the embedded AWS. The caller gets InternalFailure. */
export type DefectHook = (error: unknown, request: RawRequest) => void;

export interface CallRunnerDeps {
  readonly ids: IdSource;
  readonly authorizer: Authorizer;
}

/** Runs authenticated calls, turns their errors into responses, and records the trail. */
export class CallRunner {
  readonly trail: TrailRecord[] = [];
  /** Called with every unexpected error. By default it is thrown as an uncaught exception. */
  onDefect: DefectHook = (error) => {
    queueMicrotask(() => {
      throw error;
    });
  };
  readonly #deps: CallRunnerDeps;

  constructor(deps: CallRunnerDeps) {
    this.#deps = deps;
  }

  /** Passes the call to the service, or refuses it, and records it in the trail. */
  async run(
    service: Service,
    request: RawRequest,
    who: Pick<Call, 'caller' | 'requestId' | 'atMs'>,
    refusal: AwsError | undefined,
  ): Promise<{ readonly response: RawResponse; readonly error: string | undefined }> {
    let recorded: Recorded = {};
    const call: Call = {
      ...who,
      region: REGION,
      authorize: (check) =>
        this.#deps.authorizer.authorize(who.caller, check, {
          atMs: who.atMs,
          service: service.signingName,
        }),
      record: (fields) => {
        recorded = { ...recorded, ...fields };
      },
    };
    const facts = { request, ...who, service: service.signingName, eventId: this.#deps.ids.uuid() };
    try {
      if (refusal !== undefined) throw refusal;
      const response = await service.handle(request, call);
      this.trail.push(trailRecord({ ...facts, recorded }));
      return { response, error: undefined };
    } catch (thrown) {
      const { response, error } = this.fail(service, request, who.requestId, thrown);
      this.trail.push(trailRecord({ ...facts, recorded, error }));
      return { response, error: error.name };
    }
  }

  /** The response to an error. Reports an unexpected error to `onDefect`. */
  fail(
    service: Service,
    request: RawRequest,
    requestId: string,
    thrown: unknown,
  ): { response: RawResponse; error: AwsError } {
    if (thrown instanceof AwsError)
      return { response: service.renderError(thrown, { requestId }), error: thrown };
    this.onDefect(thrown, request);
    const error = new AwsError(
      'InternalFailure',
      'The embedded AWS has a defect; its message was reported.',
      500,
    );
    return { response: service.renderError(error, { requestId }), error };
  }
}
