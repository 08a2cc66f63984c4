import { expect, it } from 'vitest';
import { publicKeyPem } from 'taskbound-evidence/signature/evidence-key';
import { BOUNDARY, call, fileIn, goodEvents, temporaryFolder } from '../../../cli/support.ts';
import { keyPair, signedBundle } from '../../../fixtures/signed-bundle.ts';

const pair = keyPair();
const good = signedBundle(BOUNDARY, goodEvents(), pair);
const open = { ...good, events: good.events.slice(0, -1), envelope: null, publicKey: null };

async function controls(bundle: unknown, ...more: readonly string[]) {
  const folder = await temporaryFolder();
  await fileIn(folder, 'b.json', bundle);
  await fileIn(folder, 'key.pem', publicKeyPem(pair.publicKey));
  await fileIn(folder, 'other.pem', publicKeyPem(keyPair().publicKey));
  await fileIn(folder, 'no-key.pem', 'no key');
  return call(folder, ['controls', 'b.json', ...more]);
}

it.each([
  [
    'signed with the given key',
    good,
    ['--key', 'key.pem'],
    'verified',
    /\nverified: .*is signed with the given key/,
  ],
  [
    'without a key',
    good,
    [],
    'consistent',
    /\nconsistent, not verified: .*Give the key that you trust with --key\./,
  ],
  ['of an open task', open, ['--key', 'key.pem'], 'unsigned', /\nnot signed: .*the boundary is not closed/],
] as const)(
  'a record %s: the first lines and the JSON show it',
  async (_what, bundle, key, evidence, line) => {
    const { code, stdout, stderr } = await controls(bundle, ...key);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').slice(0, 2).join('\n')).toMatch(line);
    expect(JSON.parse((await controls(bundle, ...key, '--json')).stdout)).toMatchObject({ evidence });
  },
);

it.each([
  ['another key', good, 'other.pem', /cannot be used as evidence for controls\. .*not with the pinned key/],
  ['a changed event', { ...good, taskId: 'other' }, 'key.pem', /b\.json is the record of/],
  ['a missing envelope', { ...good, envelope: null, publicKey: null }, 'key.pem', /the envelope is missing/],
  ['no key in the file', good, 'no-key.pem', /The key file "no-key\.pem" cannot be used/],
  ['no file', good, 'none.pem', /The key file "none\.pem" cannot be read/],
])('%s: exit 2 and no map', async (_what, bundle, key, message) => {
  const { code, stdout, stderr } = await controls(bundle, '--key', key);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});
