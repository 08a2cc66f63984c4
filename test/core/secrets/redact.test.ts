import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactJson, redactor } from '../../../core/secrets/redact.ts';

/** The spellings in which a value may appear, written independently of those that the redactor searches for. */
const ways: Record<string, (value: string) => string> = {
  plain: (value) => value,
  json: (value) => JSON.stringify(value).slice(1, -1),
  jsonInJson: (value) => JSON.stringify(JSON.stringify({ value })).slice(12, -4),
  base64: (value) => Buffer.from(value).toString('base64'),
  base64url: (value) => Buffer.from(value).toString('base64url'),
  hex: (value) => Buffer.from(value).toString('hex'),
  upperHex: (value) => Buffer.from(value).toString('hex').toUpperCase(),
  buffer: (value) => (Buffer.from(value).toString('hex').match(/../g) ?? []).join(' '),
  bufferJson: (value) => JSON.stringify([...Buffer.from(value)]).slice(1, -1),
  percent: (value) => encodeURIComponent(value),
  form: (value) => new URLSearchParams({ value }).toString().slice('value='.length),
  inspected: (value) => inspect(value).slice(1, -1),
};

/** Values of at least six characters that are not part of the replacement text. */
const value = fc
  .string({ unit: 'grapheme', minLength: 6, maxLength: 60 })
  .filter((text) => text.trim().length >= 6 && text.isWellFormed())
  .filter((text) => !Object.values(ways).some((spell) => '[redacted]'.includes(spell(text))));

describe('redactor', () => {
  it.each(Object.entries(ways))('redacts a value that is written as %s', (_name, spell) => {
    fc.assert(
      fc.property(
        value,
        fc.string({ maxLength: 20 }),
        fc.string({ maxLength: 20 }),
        (secret, before, after) => {
          const text = `${before}${spell(secret)}${after}`;
          expect(redactor([secret])(text)).not.toContain(spell(secret));
        },
      ),
    );
  });

  it('redacts a value at every offset inside a longer base64 text', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 16, maxLength: 40 }),
        fc.nat(9),
        fc.nat(9),
        (secret, before, after) => {
          const whole = Buffer.from('u'.repeat(before) + secret + 'v'.repeat(after)).toString('base64');
          const left = redactor([secret])(whole).split('[redacted]');
          expect(left.length).toBeGreaterThan(1);
          // At each end, at most the characters that also encode a neighboring byte remain.
          expect(left.join('').length).toBeLessThanOrEqual(
            Math.ceil((before * 4) / 3) + Math.ceil((after * 4) / 3) + 8,
          );
        },
      ),
    );
  });

  it('does not change other text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(redactor(['\u{1F511} a value that no text has'])(text)).toBe(text);
        expect(redactor([])(text)).toBe(text);
      }),
    );
  });

  it('redacts the whole longer value when one value is a prefix of another', () => {
    expect(redactor(['abcdefgh', 'abcdefghijkl'])('x abcdefghijkl y')).toBe('x [redacted] y');
  });

  it('does not redact values that are too short to differ from ordinary words', () => {
    expect(redactor(['abc', ''])('abc 97,98,99 616263')).toBe('abc 97,98,99 616263');
  });

  it('redacts a private key by its lines, its bytes and its seed', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const jwk = privateKey.export({ format: 'jwk' });
    const der = privateKey.export({ type: 'pkcs8', format: 'der' });
    const redact = redactor([pem]);
    const body = pem.split('\n')[1] ?? '';
    for (const secret of [
      body,
      jwk.d ?? '',
      der.toString('hex'),
      der.toString('base64url'),
      der.subarray(16).toString('hex'),
    ]) {
      expect(redact(`a ${secret} z`)).toBe('a [redacted] z');
    }
    expect(redact(inspect({ pem }))).not.toContain(body);
    expect(redact(JSON.stringify({ pem }))).not.toContain(body);
  });

  it('redacts the long strings of a JSON document', () => {
    const redact = redactor([JSON.stringify({ user: 'anna', password: 'correct horse battery' })]);
    expect(redact('anna: correct horse battery')).toBe('anna: [redacted]');
  });
});

describe('redactJson', () => {
  it('keeps the structure and redacts every string, including keys', () => {
    const redact = redactor(['s3cr3t-s3cr3t']);
    expect(
      redactJson({ a: ['x s3cr3t-s3cr3t', 1, null, true], 's3cr3t-s3cr3t': { b: 's3cr3t-s3cr3t' } }, redact),
    ).toEqual({
      a: ['x [redacted]', 1, null, true],
      '[redacted]': { b: '[redacted]' },
    });
  });
});
