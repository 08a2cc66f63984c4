import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dsseEnvelope,
  keyIdOf,
  preAuthEncoding,
  signEnvelope,
  verifyEnvelope,
} from 'taskbound-evidence/signature/dsse';

const pair = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519');

describe('DSSE', () => {
  it('encodes as the protocol gives it, lengths in bytes', () => {
    expect(preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
    expect(preAuthEncoding('é', Buffer.from('ü')).toString()).toBe('DSSEv1 2 é 2 ü');
  });

  it('verifies what it signed, with that key only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ minLength: 1 }), (payload, type) => {
        const envelope = signEnvelope(type, payload, pair.privateKey);
        expect(dsseEnvelope.parse(JSON.parse(JSON.stringify(envelope)))).toEqual(envelope);
        expect(verifyEnvelope(envelope, pair.publicKey)).toBe(true);
        expect(verifyEnvelope(envelope, other.publicKey)).toBe(false);
      }),
    );
  });

  it('refuses another payload and another type under the same signature', () => {
    const envelope = signEnvelope('text/plain', Buffer.from('one'), pair.privateKey);
    expect(
      verifyEnvelope({ ...envelope, payload: Buffer.from('two').toString('base64') }, pair.publicKey),
    ).toBe(false);
    expect(verifyEnvelope({ ...envelope, payloadType: 'text/html' }, pair.publicKey)).toBe(false);
  });

  it('gives both halves of a pair the same key id', () => {
    expect(keyIdOf(pair.privateKey)).toBe(keyIdOf(pair.publicKey));
    expect(keyIdOf(other.publicKey)).not.toBe(keyIdOf(pair.publicKey));
  });
});
