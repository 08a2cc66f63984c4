import { rootCertificates } from 'node:tls';
import * as z from 'zod';

/**
 * `verify-full` checks the server's certificate and its name, `require` encrypts without a check, `disable`
 * does not encrypt. The default is `verify-full`; the weaker modes must be set explicitly.
 */
export const sslmode = z.enum(['disable', 'require', 'verify-full']);
export type SslMode = z.infer<typeof sslmode>;
export const DEFAULT_SSLMODE: SslMode = 'verify-full';

interface TlsOptions {
  /** The name that the certificate must have. `pg` does not set it if the host is an IP address. */
  readonly host: string;
  readonly rejectUnauthorized: boolean;
  readonly ca?: string[];
}

/** TLS options for `pg`. A given certificate authority is trusted in addition to the public ones. */
export const tlsOf = ({
  host,
  sslmode,
  ca,
}: {
  readonly host: string;
  readonly sslmode: SslMode;
  readonly ca?: string | undefined;
}): TlsOptions | false =>
  sslmode === 'disable'
    ? false
    : {
        host,
        rejectUnauthorized: sslmode === 'verify-full',
        ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
      };
