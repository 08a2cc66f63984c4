import type { Authorization } from './auth/sigv4.ts';
import type { RawRequest, RawResponse } from './service.ts';

/** Function URLs live under this path of the one endpoint: `/lambda-url/<url id>/…`. */
const FUNCTION_URL_PREFIX = '/lambda-url/';

/** The signing name of the service that a request is for. */
export function serviceNameOf(request: RawRequest, authorization: Authorization | undefined): string {
  if (request.path.startsWith(FUNCTION_URL_PREFIX)) return 'lambda';
  return authorization?.service ?? guessService(request);
}

/** The service that an unsigned request was probably meant for, so that its refusal has that service's format. */
function guessService(request: RawRequest): string {
  const target = request.headers['x-amz-target'] ?? '';
  if (target.startsWith('DynamoDB')) return 'dynamodb';
  if (target.startsWith('AWSStepFunctions')) return 'states';
  if (target.startsWith('AWSEvents')) return 'events';
  if (target !== '') return target.startsWith('AmazonSSM') ? 'ssm' : 'secretsmanager';
  if (/^\/(lambda-url|20\d\d-\d\d-\d\d)\//.test(request.path)) return 'lambda';
  return (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
    ? 'sts'
    : 's3';
}

/** The response to a request for a service that the embedded AWS does not have. */
export function unknownService(name: string): RawResponse {
  const message = `The embedded AWS has no service "${name}". packages/local/README.md lists what it supports.`;
  const body = JSON.stringify({ __type: 'NotImplemented', message });
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': 'NotImplemented' };
  return { status: 501, headers, body: Buffer.from(body) };
}
