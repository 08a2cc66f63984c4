import { type Call, type RawRequest, type RawResponse, type Service, AwsError } from '../service.ts';
import { type XmlFields, toXml } from './xml.ts';

/** Flat parameters: `Tags.member.1.Key`. */
export type QueryInput = ReadonlyMap<string, string>;
export type QueryOperation = (input: QueryInput, call: Call) => XmlFields;

/** The fields of each member of a list, in order: `listOf(input, 'Tags')`. */
export function listOf(input: QueryInput, name: string): Record<string, string>[] {
  const members: Record<string, string>[] = [];
  for (const [key, value] of input) {
    const [, index, field] = key.startsWith(`${name}.member.`)
      ? (/\.member\.(\d+)(?:\.(\w+))?$/.exec(key) ?? [])
      : [];
    if (index !== undefined) (members[Number(index) - 1] ??= {})[field ?? 'value'] = value;
  }
  return members.filter((member) => member !== undefined);
}

export function required(input: QueryInput, name: string): string {
  const value = input.get(name);
  if (value !== undefined && value !== '') return value;
  throw validation(
    value ?? 'null',
    name,
    value === undefined ? 'Member must not be null' : 'Member must have length greater than or equal to 1',
  );
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/**
 * AWS's message: `1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint:
 * …`.
 */
export const validation = (value: string, name: string, constraint: string): AwsError =>
  new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${lowerFirst(name)}' failed to satisfy constraint: ${constraint}`,
  );

export function checkPattern(value: string, name: string, pattern: RegExp, written: string): void {
  if (!pattern.test(value))
    throw validation(value, name, `Member must satisfy regular expression pattern: ${written}`);
}

export function checkLength(value: string, name: string, min: number, max: number): void {
  if (value.length < min)
    throw validation(value, name, `Member must have length greater than or equal to ${min}`);
  if (value.length > max)
    throw validation(value, name, `Member must have length less than or equal to ${max}`);
}

const XML_HEADERS = { 'content-type': 'text/xml' };

/** A service of the query protocol: form parameters in, XML out. */
export class QueryService implements Service {
  readonly signingName: string;
  readonly #namespace: string;
  readonly #operations: Map<string, QueryOperation>;

  constructor(signingName: string, namespace: string, operations: Readonly<Record<string, QueryOperation>>) {
    this.signingName = signingName;
    this.#namespace = namespace;
    this.#operations = new Map(Object.entries(operations));
  }

  /** Adds operations that are defined elsewhere. */
  extend(operations: Readonly<Record<string, QueryOperation>>): void {
    for (const [name, run] of Object.entries(operations)) this.#operations.set(name, run);
  }

  async handle(request: RawRequest, call: Call): Promise<RawResponse> {
    const input: QueryInput = new Map(new URLSearchParams(Buffer.from(request.body).toString('utf8')));
    const action = input.get('Action') ?? '';
    call.record({ eventName: action });
    const operation = this.#operations.get(action);
    if (operation === undefined) {
      throw new AwsError(
        'InvalidAction',
        `The embedded AWS does not support ${this.signingName}:${action}; packages/local/README.md lists what it does.`,
      );
    }
    return this.#answer(action, operation(input, call), call.requestId);
  }

  #answer(action: string, result: XmlFields, requestId: string): RawResponse {
    const fields = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
    const xml = `<${action}Response xmlns="${this.#namespace}">${toXml(fields, 'members')}</${action}Response>`;
    return { status: 200, headers: XML_HEADERS, body: Buffer.from(xml) };
  }

  renderError(error: AwsError, { requestId }: { readonly requestId: string }): RawResponse {
    const Type = error.status < 500 ? 'Sender' : 'Receiver';
    const fields = { Error: { Type, Code: error.name, Message: error.message }, RequestId: requestId };
    const xml = `<ErrorResponse xmlns="${this.#namespace}">${toXml(fields, 'members')}</ErrorResponse>`;
    return { status: error.status, headers: XML_HEADERS, body: Buffer.from(xml) };
  }
}
