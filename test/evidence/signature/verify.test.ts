import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeBundle } from 'taskbound-evidence/chain/bundle';
import { chainEvent, type ChainedEvent } from 'taskbound-evidence/chain/evidence';
import { publicKeyPem, readPublicKey } from 'taskbound-evidence/signature/evidence-key';
import { MAX_BUNDLE_DEPTH } from '../../../packages/evidence/canonical-json/canonical-json-check.ts';
import { statementOf } from 'taskbound-evidence/signature/statement';
import { MAX_EVENTS, verifyBundle } from 'taskbound-evidence/signature/verify';
import { BOUNDARY, goodEvents } from '../../cli/support.ts';
import { keyPair, signedBundle } from '../../fixtures/signed-bundle.ts';

const pair = keyPair();
const good = signedBundle(BOUNDARY, goodEvents(), pair);

describe('a bundle', () => {
  it('is verified with the key that signed it, and names chain and key', () => {
    expect(verifyBundle(good, pair.publicKey)).toEqual({
      verdict: 'verified',
      fault: null,
      boundaryId: BOUNDARY,
      events: 9,
      headHash: goodEvents().at(-1)?.hash,
      keyId: good.envelope?.signatures[0]?.keyid,
    });
  });

  it('is only consistent without a key: whoever made it may have made the key', () => {
    expect(verifyBundle(good).verdict).toBe('consistent');
    expect(verifyBundle(signedBundle(BOUNDARY, goodEvents())).verdict).toBe('consistent');
  });

  it('of an open task is consistent, and never verified', () => {
    const open = makeBundle(BOUNDARY, goodEvents().slice(0, -1));
    expect(verifyBundle(open)).toMatchObject({ verdict: 'consistent', keyId: null });
    expect(verifyBundle(open, pair.publicKey)).toMatchObject({
      verdict: 'wrong',
      fault: expect.stringMatching(/not closed.*not signed yet.*revocation\.proven/),
    });
  });

  it('of an emergency’s review is consistent: it has a chain of its own', () => {
    const id = `${BOUNDARY}.review`;
    const opened = chainEvent(
      id,
      undefined,
      { id: 'o', type: 'review.opened', actor: 'submit', data: {} },
      0,
    );
    expect(verifyBundle(makeBundle(id, [opened])).verdict).toBe('consistent');
  });
});

describe('a bundle that is wrong', () => {
  const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
  const rechained = (events: readonly ChainedEvent[]): ChainedEvent[] =>
    events.reduce<ChainedEvent[]>(
      (chain, event) => [...chain, chainEvent(BOUNDARY, chain.at(-1), event, Date.parse(event.at))],
      [],
    );

  it.each<readonly [what: string, value: unknown, fault: RegExp]>([
    ['nothing', null, /the document: /],
    ['a list', [], /the document: /],
    ['a text', 'bundle', /the document: /],
    ['of another version', { ...good, version: 2 }, /version: /],
    ['with an unknown field', { ...good, note: 'trust me' }, /note/],
    [
      'with an unknown field in an event',
      { ...good, events: [{ ...good.events[0], note: 1 }] },
      /events\.0: .*note/,
    ],
    [
      'with an event of an unknown type',
      { ...good, events: [{ ...good.events[0], type: 'x' }] },
      /events\.0\.type/,
    ],
    ['with a time that is none', { ...good, events: [{ ...good.events[0], at: 'noon' }] }, /events\.0\.at/],
    [
      'with an unknown field in the envelope',
      { ...good, envelope: { ...good.envelope, x: 1 } },
      /envelope: .*x/,
    ],
    ['too deep', { ...good, events: deep(MAX_BUNDLE_DEPTH + 1) }, /nests deeper than/],
    ['far too deep', deep(200_000), /nests deeper than/],
    [
      'with too many events',
      { ...good, events: new Array(MAX_EVENTS + 1).fill(good.events[0]) },
      /more than 10000 events/,
    ],
    [
      'with the key "__proto__"',
      JSON.parse(JSON.stringify(good).replace('"data":{', '"data":{"__proto__":{"a":1},')),
      /__proto__/,
    ],
    [
      'with a lone surrogate',
      { ...good, events: [{ ...good.events[0], actor: '\ud800' }] },
      /a lone surrogate/,
    ],
    [
      'with a lone surrogate in a key',
      { ...good, events: [{ ...good.events[0], data: { '\udc00': 1 } }] },
      /a lone surrogate/,
    ],
    ['with minus zero', { ...good, events: [{ ...good.events[0], data: { n: -0 } }] }, /the number -0/],
    [
      'with what JSON has no number for',
      { ...good, version: Number.POSITIVE_INFINITY },
      /the number Infinity/,
    ],
    ['without events', { ...good, events: [] }, /no events/],
    ['of another task id', { ...good, taskId: 'nightly-2' }, /does not belong to the taskId "nightly-2"/],
    ['of no boundary', { ...good, boundaryId: 'nightly-1' }, /"nightly-1" does not belong/],
    ['closed and unsigned', { ...good, envelope: null, publicKey: null }, /the envelope is missing/],
    ['with a key alone', { ...good, envelope: null }, /a public key but no signature/],
    ['without its key', { ...good, publicKey: null }, /public key is missing/],
    ['with a key that is none', { ...good, publicKey: 'key' }, /no PUBLIC KEY block/],
    [
      'with its key in another form',
      { ...good, publicKey: `${good.publicKey}\n` },
      /public key is not in the canonical form/,
    ],
    [
      'with another payload type',
      { ...good, envelope: { ...good.envelope, payloadType: 'text/plain' } },
      /payload type "text\/plain"/,
    ],
    [
      'with two signatures',
      {
        ...good,
        envelope: {
          ...good.envelope,
          signatures: [...(good.envelope?.signatures ?? []), ...(good.envelope?.signatures ?? [])],
        },
      },
      /has 2 signatures/,
    ],
    [
      'with a key id of its own',
      {
        ...good,
        envelope: { ...good.envelope, signatures: [{ ...good.envelope?.signatures[0], keyid: '00' }] },
      },
      /key id is not the id of its public key/,
    ],
    [
      'with white space in its payload',
      {
        ...good,
        envelope: {
          ...good.envelope,
          payload: `${good.envelope?.payload.slice(0, 8)}\n${good.envelope?.payload.slice(8)}`,
        },
      },
      /envelope\.payload/,
    ],
    [
      'cut and signed with its own envelope',
      { ...good, events: good.events.slice(0, -1) },
      /events are missing at its end/,
    ],
    [
      'changed, hashed again, and with the old signature',
      {
        ...good,
        events: rechained(
          good.events.map((event) => (event.seq === 2 ? { ...event, actor: 'mallory' } : event)),
        ),
      },
      /signed statement is not about these events/,
    ],
    ['signed with another key', signedBundle(BOUNDARY, goodEvents()), /not with the pinned key/],
    [
      'with the pinned key put in and another’s signature',
      { ...signedBundle(BOUNDARY, goodEvents()), publicKey: good.publicKey },
      /key id is not the id of its public key/,
    ],
    [
      'with the pinned key’s name on another’s signature',
      {
        ...good,
        envelope: {
          ...good.envelope,
          signatures: [
            {
              keyid: good.envelope?.signatures[0]?.keyid,
              sig: signedBundle(BOUNDARY, goodEvents()).envelope?.signatures[0]?.sig,
            },
          ],
        },
      },
      /not valid for its public key/,
    ],
  ])('%s: is wrong, and the fault is reported', (_what, value, fault) => {
    const seen = verifyBundle(value, pair.publicKey);
    expect(seen.verdict).toBe('wrong');
    expect(seen.fault).toMatch(fault);
  });

  it('with another spelling of the same signature bits in base64', () => {
    const sig = good.envelope?.signatures[0]?.sig ?? '';
    // The last character before the padding holds bits that decoders drop.
    const at = sig.replace(/=+$/, '').length - 1;
    const spellings = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/']
      .map((letter) => sig.slice(0, at) + letter + sig.slice(at + 1))
      .filter((text) => text !== sig);
    for (const spelled of spellings) {
      const envelope = { ...good.envelope, signatures: [{ ...good.envelope?.signatures[0], sig: spelled }] };
      expect(verifyBundle({ ...good, envelope }, pair.publicKey).verdict).toBe('wrong');
    }
  });
});

describe('the statement', () => {
  it('is an in-toto statement about the head, with the facts of the task', () => {
    const events = goodEvents();
    expect(statementOf(BOUNDARY, events)).toEqual({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: BOUNDARY, digest: { sha256: events.at(-1)?.hash } }],
      predicateType: 'urn:taskbound:evidence:v1',
      predicate: expect.objectContaining({
        taskType: 'object-transfer',
        taskId: 'nightly-1',
        outcome: 'succeeded',
        approvals: [],
        leases: [expect.objectContaining({ lease: 1, accessKeyId: 'ASIAEXAMPLE1' })],
        secrets: [expect.objectContaining({ name: 'receiptKey', revoked: true })],
        events: 9,
      }),
    });
  });

  it('signs the same bytes for the same events', () => {
    expect(signedBundle(BOUNDARY, goodEvents()).envelope?.payload).toBe(good.envelope?.payload);
  });
});

describe('a public key', () => {
  it.each([
    ['empty', '', /no PUBLIC KEY/],
    ['private', pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), /no PUBLIC KEY/],
    ['broken', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n', /cannot be read/],
    ['of Ed25519', publicKeyPem(generateKeyPairSync('ed25519').publicKey), /another kind \(ed25519\)/],
    [
      'on another curve',
      publicKeyPem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey),
      /another kind \(secp384r1\)/,
    ],
  ])('%s is refused', (_what, pem, fault) => {
    expect(readPublicKey(pem)).toMatch(fault);
  });
});
