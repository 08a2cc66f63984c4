import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RawRequest, RawResponse } from './service.ts';

export interface Listening {
  /** `http://127.0.0.1:4566`. An IP address, because S3 clients prefix host names with the bucket. */
  readonly endpoint: string;
  close(): Promise<void>;
}

function headersOf(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    const name = (message.rawHeaders[index] ?? '').toLowerCase();
    const value = message.rawHeaders[index + 1] ?? '';
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}

async function readRequest(message: IncomingMessage): Promise<RawRequest> {
  const body = Buffer.concat(await message.toArray());
  return { method: message.method ?? 'GET', path: message.url ?? '/', headers: headersOf(message), body };
}

function sendResponse(
  response: ServerResponse,
  { status, headers, body }: RawResponse,
  method: string | undefined,
): void {
  const length = method === 'HEAD' ? headers['content-length'] : String(body.length);
  response.writeHead(status, {
    ...headers,
    ...(length !== undefined && status !== 204 && { 'content-length': length }),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

/** Starts one HTTP server for all services, on the loopback address only. `port` 0 picks a free port. */
export function listen(
  handle: (request: RawRequest) => Promise<RawResponse>,
  port: number,
): Promise<Listening> {
  const server = createServer((message, response) => {
    readRequest(message)
      .then(handle)
      .then((result) => sendResponse(response, result, message.method))
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address() as AddressInfo;
      const close = (): Promise<void> =>
        new Promise((closed) => {
          server.close(() => closed());
          server.closeAllConnections();
        });
      resolve({ endpoint: `http://127.0.0.1:${address.port}`, close });
    });
  });
}
