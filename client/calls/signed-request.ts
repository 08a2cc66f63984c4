import type { AwsCredentialIdentity } from '@aws-sdk/types';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4, type SignatureV4Init } from '@smithy/signature-v4';

export interface RequestToSign {
  readonly url: URL;
  readonly body: string;
  readonly region: string;
  readonly credentials: AwsCredentialIdentity;
  readonly sha256: NonNullable<SignatureV4Init['sha256']>;
  readonly atMs: number;
}

/**
 * The request of every call of a function URL, signed with SigV4 for the service `lambda`:
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html. `docs/guides/from-python/taskbound_client.py` builds the same request.
 */
export async function signedRequest(asked: RequestToSign): Promise<HttpRequest> {
  const { url, body, region, credentials, sha256, atMs } = asked;
  const signer = new SignatureV4({ service: 'lambda', region, credentials, sha256 });
  const signed = await signer.sign(
    new HttpRequest({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port !== '' && { port: Number(url.port) }),
      path: url.pathname,
      headers: { host: url.host, 'content-type': 'application/json' },
      body,
    }),
    { signingDate: new Date(atMs) },
  );
  return new HttpRequest(signed);
}
