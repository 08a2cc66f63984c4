import { createHash, createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { Secret } from '../../../core/secrets/secret.ts';

/** PostgreSQL's default. More iterations would protect a guessable password; this one has 190 bits. */
const ITERATIONS = 4096;
const KEY_BYTES = 32;
const derive = promisify(pbkdf2);

/**
 * What PostgreSQL stores for a password, computed here: no statement contains the password itself, so that no
 * log of the server, no `pg_stat_statements` and no extension can record it.
 * https://www.postgresql.org/docs/18/catalog-pg-authid.html, RFC 5803. The password must be ASCII, which
 * SASLprep leaves as it is.
 */
export async function scramVerifier(password: Secret<string>, salt: Uint8Array): Promise<string> {
  const salted = await derive(password.reveal(), salt, ITERATIONS, KEY_BYTES, 'sha256');
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64');
  const serverKey = hmac(salted, 'Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${Buffer.from(salt).toString('base64')}$${storedKey}:${serverKey}`;
}

const hmac = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest();
