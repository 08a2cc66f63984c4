import { rootCertificates } from 'node:tls';
import * as z from 'zod';

/**
 * `verify-full` checks the server's certificate and its name, `require` does not, `disable` sends all in the clear. Whoever wants less than
 * the first writes it out.
 */
export const sslmode = z.enum(['disable', 'require', 'verify-full']);
export type SslMode = z.infer<typeof sslmode>;
export const DEFAULT_SSLMODE: SslMode = 'verify-full';

interface TlsOptions {
  /** What the certificate must be for; of an address `pg` would not say so. */
  readonly host: string;
  readonly rejectUnauthorized: boolean;
  readonly ca?: string[];
}

/** How `pg` reaches a server. An authority that is given is trusted besides the public ones. */
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
