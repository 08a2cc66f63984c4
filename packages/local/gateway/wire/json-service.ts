import type { z } from 'zod';
import { type Call, type RawRequest, type RawResponse, type Service, AwsError } from '../service.ts';

/** An operation on parsed input; created by `operation`. */
export type JsonOperation = (input: unknown, call: Call) => unknown;

/** Parses the input with a schema; throws AWS's ValidationException when it does not match. */
export function operation<T>(schema: z.ZodType<T>, run: (input: T, call: Call) => unknown): JsonOperation {
  return (input, call) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return run(parsed.data, call);
    const [issue] = parsed.error.issues;
    throw new AwsError(
      'ValidationException',
      `Invalid input at '${issue?.path.join('.') ?? ''}': ${issue?.message ?? 'not readable'}`,
    );
  };
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8') || '{}');
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  }
}

/** A service of the JSON protocols: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export class JsonService implements Service {
  readonly signingName: string;
  readonly #contentType: string;
  readonly #operations: Map<string, JsonOperation>;

  constructor(
    signingName: string,
    version: '1.0' | '1.1',
    operations: Readonly<Record<string, JsonOperation>>,
  ) {
    this.signingName = signingName;
    this.#contentType = `application/x-amz-json-${version}`;
    this.#operations = new Map(Object.entries(operations));
  }

  /** Adds operations that are defined elsewhere. */
  extend(operations: Readonly<Record<string, JsonOperation>>): void {
    for (const [name, run] of Object.entries(operations)) this.#operations.set(name, run);
  }

  async handle(request: RawRequest, call: Call): Promise<RawResponse> {
    const action = request.headers['x-amz-target']?.split('.').at(-1) ?? '';
    const run = this.#operations.get(action);
    if (run === undefined) {
      throw new AwsError(
        'UnknownOperationException',
        `The embedded AWS does not support ${this.signingName}:${action}; packages/local/README.md lists what it does.`,
      );
    }
    const output = await run(parse(request.body), call);
    return this.#answer(200, output ?? {});
  }

  renderError(error: AwsError): RawResponse {
    const fields = { __type: error.name, message: error.message, Message: error.message, ...error.details };
    const { status, headers, body } = this.#answer(error.status, fields);
    return { status, headers: { ...headers, 'x-amzn-errortype': error.name }, body };
  }

  #answer(status: number, fields: unknown): RawResponse {
    return {
      status,
      headers: { 'content-type': this.#contentType },
      body: Buffer.from(JSON.stringify(fields)),
    };
  }
}
