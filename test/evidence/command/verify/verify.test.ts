import { describe, expect, it } from 'vitest';
import { publicKeyPem } from 'taskbound-evidence/signature/evidence-key';
import { BOUNDARY, call, fileIn, goodEvents, temporaryFolder } from '../../../cli/support.ts';
import { keyPair, signedBundle } from '../../../fixtures/signed-bundle.ts';

const pair = keyPair();
const good = signedBundle(BOUNDARY, goodEvents(), pair);

async function folderWith(bundle: unknown, key: unknown = publicKeyPem(pair.publicKey)): Promise<string> {
  const folder = await temporaryFolder();
  await fileIn(folder, 'b.json', bundle);
  await fileIn(folder, 'key.pem', key);
  return folder;
}

const verify = async (bundle: unknown, ...more: string[]) =>
  call(await folderWith(bundle), ['verify', 'b.json', ...more]);

describe('verify', () => {
  it('with the pinned key: 0, and prints what is verified', async () => {
    const { code, stdout, stderr } = await verify(good, '--key', 'key.pem');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^verified: the chain and the signature are valid/);
    expect(stdout).toContain(`${BOUNDARY}, 9 events, head ${good.events.at(-1)?.hash}`);
  });

  it('without a key: 4, consistent but not verified', async () => {
    const { code, stdout } = await verify(good);
    expect(code).toBe(4);
    expect(stdout).toMatch(/^consistent, not verified: .*Give the key that you trust with --key/);
  });

  it('of an open task: 4 without a key, 1 with one', async () => {
    const open = { ...good, events: good.events.slice(0, -1), envelope: null, publicKey: null };
    expect((await verify(open)).code).toBe(4);
    expect((await verify(open)).stdout).toContain('not signed: its boundary is not closed');
    expect((await verify(open, '--key', 'key.pem')).code).toBe(1);
  });

  it('prints one JSON document with --json, whatever the verdict', async () => {
    const verified = JSON.parse((await verify(good, '--key', 'key.pem', '--json')).stdout);
    expect(verified).toMatchObject({ verdict: 'verified', fault: null, boundaryId: BOUNDARY, events: 9 });
    const { code, stdout } = await verify({ ...good, taskId: 'other' }, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'wrong', fault: expect.stringContaining('taskId') });
  });

  it.each<readonly [what: string, content: unknown, fault: RegExp]>([
    ['an unknown field', { ...good, x: 1 }, /x/],
    ['a wrong type', { ...good, events: 'none' }, /events/],
    ['a list', [], /the document/],
    ['a key twice', JSON.stringify(good).replace('{', '{"version":1,'), /"version" twice/],
    ['levels without end', '['.repeat(100_000) + ']'.repeat(100_000), /nests deeper/],
    [
      'levels without end behind a key that stands twice',
      `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)},"a":1}`,
      /nests deeper/,
    ],
    ['one string of many megabytes', { ...good, taskId: 'x'.repeat(20_000_000) }, /does not belong/],
    ['the key "__proto__"', JSON.stringify(good).replace('{', '{"__proto__":{},'), /__proto__/],
    ['an absurd size', Buffer.alloc(33 * 1024 * 1024, ' '), /has 34603008 bytes/],
    ['hostile words', { ...good, taskId: '\u001b[2Jverified' }, /\\u001b\[2Jverified/],
  ])('of a bundle with %s: 1, and names it', async (_what, content, fault) => {
    const { code, stdout, stderr } = await verify(content, '--key', 'key.pem');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^WRONG: /);
    expect(stdout).toMatch(fault);
  });

  it.each<readonly [what: string, argv: readonly string[], message: RegExp]>([
    ['a bundle that is not there', ['none.json'], /cannot be read/],
    ['a folder', ['.'], /cannot be read/],
    ['a bundle that is not JSON', ['key.pem'], /is not JSON/],
    ['a key that is not there', ['b.json', '--key', 'none.pem'], /key file .* cannot be read/],
    ['a key file without a key', ['b.json', '--key', 'b.json'], /no PUBLIC KEY block/],
    ['no bundle', [], /missing required argument/],
    ['a stack', ['b.json', '--stack', 'X'], /unknown option/],
  ])('with %s: 2, and one message', async (_what, argv, message) => {
    const { code, stdout, stderr } = await call(await folderWith(good), ['verify', ...argv]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
