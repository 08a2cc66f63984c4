import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import type { KeyObject } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceBundle } from 'taskbound-evidence/chain/evidence';
import { verifyEnvelope } from 'taskbound-evidence/signature/dsse';
import { publicKeyPem } from 'taskbound-evidence/signature/evidence-key';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import { chainChanges, fieldChanges, realBundle, rechained } from './tampering.ts';

let bundle: EvidenceBundle;
let key: KeyObject;
beforeAll(async () => {
  ({ bundle, key } = await realBundle());
}, 60_000);

const verdictOf = (value: unknown) => verifyBundle(value, key).verdict;

describe('the bundle of a real task', () => {
  it('verifies with the stack’s key', () => {
    expect(verifyBundle(bundle, key)).toMatchObject({ verdict: 'verified', fault: null, events: 9 });
  });

  it('has an envelope that a public DSSE verifier accepts, and rejects with another payload', () => {
    const verify = (payload: string | undefined) => {
      const entity = bundleFromJSON({
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: { publicKey: { hint: 'taskbound' }, tlogEntries: [] },
        dsseEnvelope: { ...bundle.envelope, payload },
      });
      const trust = toTrustMaterial(
        { mediaType: '', tlogs: [], certificateAuthorities: [], ctlogs: [], timestampAuthorities: [] },
        () => ({ publicKey: key, validFor: () => true }),
      );
      const none = { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 };
      return new Verifier(trust, none).verify(toSignedEntity(entity));
    };
    expect(verify(bundle.envelope?.payload)).toBeDefined();
    expect(() => verify(Buffer.from('{}').toString('base64'))).toThrow('signature verification failed');
  });

  it('does not verify after any change of a single field', () => {
    const changes = fieldChanges(bundle);
    expect(changes.length).toBeGreaterThan(1_000);
    expect(changes.filter(([, value]) => verdictOf(value) !== 'wrong').map(([what]) => what)).toEqual([]);
    for (const [what, value] of changes) expect(verifyBundle(value, key).fault, what).toMatch(/./);
  });

  it('does not verify with the other valid encoding of the signature', () => {
    const [signature] = bundle.envelope?.signatures ?? [];
    const { r, s } = p256.Signature.fromBytes(Buffer.from(signature?.sig ?? '', 'base64'), 'der');
    const other = new p256.Signature(r, p256.Point.Fn.ORDER - s).toBytes('der');
    const signatures = [{ keyid: signature?.keyid ?? '', sig: Buffer.from(other).toString('base64') }];
    const envelope = { payloadType: '', payload: '', ...bundle.envelope, signatures };
    expect(verifyEnvelope(envelope, key)).toBe(true);
    expect(verifyBundle({ ...bundle, envelope }, key).fault).toBe(
      'its signature is not in the canonical form',
    );
  });

  it('does not verify after any deletion, cut, repetition, swap or insertion, even with a new chain and another signature', () => {
    const changes = chainChanges(bundle);
    expect(changes.length).toBeGreaterThan(250);
    expect(changes.filter(([, value]) => verdictOf(value) !== 'wrong').map(([what]) => what)).toEqual([]);
  });

  it('does not verify without its envelope, or with another key in it', () => {
    expect(verdictOf({ ...bundle, envelope: null })).toBe('wrong');
    expect(verdictOf({ ...bundle, envelope: null, publicKey: null })).toBe('wrong');
    expect(verdictOf({ ...bundle, publicKey: publicKeyPem(key).replace('A', 'B') })).toBe('wrong');
  });

  it('does not verify after any changes to its data with a new chain', () => {
    const place = fc.nat({ max: bundle.events.length - 1 });
    fc.assert(
      fc.property(place, fc.string({ minLength: 1, maxLength: 20 }), fc.jsonValue(), (at, name, value) => {
        const events = bundle.events.map((event, index) =>
          index === at
            ? { ...event, data: { ...event.data, [name]: JSON.parse(JSON.stringify(value)) } }
            : event,
        );
        fc.pre(JSON.stringify(events) !== JSON.stringify(bundle.events));
        expect(verdictOf({ ...bundle, events })).toBe('wrong');
        expect(verdictOf({ ...bundle, events: rechained(bundle.boundaryId, events) })).toBe('wrong');
      }),
      { numRuns: 200 },
    );
  });

  it('does not verify after a change of one byte that changes its contents', () => {
    const text = Buffer.from(JSON.stringify(bundle));
    const original = text.toString();
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), fc.integer({ min: 0x20, max: 0x7e }), (at, byte) => {
        const changed = Buffer.from(text);
        changed[at] = byte;
        const value = parsed(changed.toString());
        fc.pre(value !== undefined && JSON.stringify(value) !== original);
        expect(verdictOf(value)).toBe('wrong');
      }),
      { numRuns: 500 },
    );
  });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
