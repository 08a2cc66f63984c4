import { timingSafeEqual } from 'node:crypto';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { RawRequest } from '../service.ts';
import { Sha256, sha256Hex } from './sha256.ts';

/** The parts of an `Authorization: AWS4-HMAC-SHA256 …` header. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
const HEADER =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

export function parseAuthorization(header: string): Authorization | undefined {
  const [, accessKeyId, date, region, service, signedHeaders, signature] = HEADER.exec(header) ?? [];
  if (!accessKeyId || !date || !region || !service || !signedHeaders || !signature) return undefined;
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(';'), signature };
}

/** `20261123T100000Z` as milliseconds; `undefined` when the text has another form. */
export function parseAmzDate(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  if (second === undefined) return undefined;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

export const formatAmzDate = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');

/** Path and query of a request target. Nothing is normalized: `..` and `//` are part of S3 keys. */
function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Decoded query parameters; `+` is a plus, as in SigV4's own canonical query. */
function parseQuery(query: string): Record<string, string[]> {
  const parameters: Record<string, string[]> = {};
  for (const pair of query.split('&').filter((text) => text !== '')) {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    (parameters[name] ??= []).push(equals < 0 ? '' : decode(pair.slice(equals + 1)));
  }
  return parameters;
}

/** Recomputes the signature with the SDK's signer, over exactly the headers that the caller signed. */
async function signatureOf(
  request: RawRequest,
  authorization: Authorization,
  secretAccessKey: string,
  atMs: number,
): Promise<string> {
  const { path, query } = splitTarget(request.path);
  const headers: Record<string, string> = {};
  for (const name of authorization.signedHeaders) headers[name] = request.headers[name] ?? '';
  const signer = new SignatureV4({
    service: authorization.service,
    region: authorization.region,
    credentials: { accessKeyId: authorization.accessKeyId, secretAccessKey },
    sha256: Sha256,
    uriEscapePath: authorization.service !== 's3',
    applyChecksum: false,
  });
  const body = request.body;
  const unsigned = new HttpRequest({ method: request.method, path, query: parseQuery(query), headers, body });
  const signed = await signer.sign(unsigned, {
    signingDate: new Date(atMs),
    signableHeaders: new Set(authorization.signedHeaders),
  });
  return parseAuthorization(signed.headers['authorization'] ?? '')?.signature ?? '';
}

/** Whether the signature matches the key, and the body matches its declared hash, if there is one. */
export async function isSignedBy(
  request: RawRequest,
  authorization: Authorization,
  secretAccessKey: string,
  atMs: number,
): Promise<boolean> {
  const expected = Buffer.from(await signatureOf(request, authorization, secretAccessKey, atMs));
  const given = Buffer.from(authorization.signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return false;
  const declared = request.headers['x-amz-content-sha256'];
  return declared === undefined || !/^[0-9a-f]{64}$/.test(declared) || declared === sha256Hex(request.body);
}
