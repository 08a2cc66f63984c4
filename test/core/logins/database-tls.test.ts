import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SSLMODE, sslmode, tlsOf, type SslMode } from '../../../core/logins/database-tls.ts';

const host = 'db.example';

describe('tlsOf', () => {
  it.each<[SslMode, object | false]>([
    ['verify-full', { host, rejectUnauthorized: true }],
    ['require', { host, rejectUnauthorized: false }],
    ['disable', false],
  ])('returns the options of pg for %s', (mode, options) => {
    expect(tlsOf({ host, sslmode: mode })).toEqual(options);
  });

  it('trusts a given authority in addition to the public ones', () => {
    expect(tlsOf({ host, sslmode: 'verify-full', ca: 'PEM' })).toMatchObject({
      ca: [...rootCertificates, 'PEM'],
    });
  });

  it('does not use TLS with disable, even with an authority', () => {
    expect(tlsOf({ host, sslmode: 'disable', ca: 'PEM' })).toBe(false);
  });
});

describe('sslmode', () => {
  it('checks the certificate by default', () => expect(DEFAULT_SSLMODE).toBe('verify-full'));

  it.each(['prefer', 'allow', 'verify-ca', 'VERIFY-FULL', ''])('refuses %j', (mode) => {
    expect(sslmode.safeParse(mode).success).toBe(false);
  });
});
