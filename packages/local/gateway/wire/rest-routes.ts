import { type Call, type RawRequest, type RawResponse, AwsError } from '../service.ts';

/** A call of a REST API that only reads. */
export interface ReadRoute {
  readonly operation: string;
  /** The path after its version; its groups are the parameters, decoded. */
  readonly path: RegExp;
  /** The query parameters that are supported. */
  readonly query: readonly string[];
  readonly answer: (parameters: readonly string[], query: ReadonlyMap<string, string>, call: Call) => unknown;
}

/** The response of the route that a GET request is for; undefined when there is none. Throws ValidationException for an unsupported parameter. */
export function answerRead(
  routes: readonly ReadRoute[],
  { method, path }: RawRequest,
  call: Call,
): RawResponse | undefined {
  if (method !== 'GET') return undefined;
  const [rawPath = '', rawQuery = ''] = path.split('?', 2);
  for (const { operation, path: pattern, query: known, answer } of routes) {
    const found = pattern.exec(rawPath);
    if (found === null) continue;
    const query = new Map(new URLSearchParams(rawQuery));
    const unknown = [...query.keys()].find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw new AwsError(
        'ValidationException',
        `The embedded AWS does not support the parameter ${unknown} of ${operation}; it supports ${known.join(', ') || 'none'}.`,
      );
    call.record({ eventName: operation, readOnly: true });
    const parameters = found.slice(1).map((part) => decodeURIComponent(part));
    return {
      status: 200,
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': call.requestId },
      body: Buffer.from(JSON.stringify(answer(parameters, query, call))),
    };
  }
  return undefined;
}

/** A number in a query, or its default. Throws ValidationException. */
export function countIn(
  query: ReadonlyMap<string, string>,
  name: string,
  [max, standard]: readonly [number, number],
): number {
  const text = query.get(name);
  const count = Number(text ?? standard);
  if (Number.isInteger(count) && count >= 1 && count <= max) return count;
  throw new AwsError(
    'ValidationException',
    `Value '${text ?? ''}' at '${name}' must be a whole number from 1 to ${max}.`,
  );
}
