import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { makeBundle } from 'taskbound-evidence/chain/bundle';
import { signedBundle } from '../../fixtures/signed-bundle.ts';
import { BOUNDARY, call, fileIn, goodEvents, temporaryFolder } from '../support.ts';

describe('show of a bundle', () => {
  it('tells the story in plain words and says that the chain holds', async () => {
    const folder = await temporaryFolder();
    const file = await fileIn(folder, 'nightly-1.evidence.json', signedBundle(BOUNDARY, goodEvents()));
    const { code, stdout } = await call(folder, ['show', file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^10:00:00\.000 +task\.requested +Requesters\/ann +requested object-transfer/m);
    expect(stdout).toContain("access is gone: the task's own credential was used and refused 3 times");
    expect(stdout).toMatch(
      /Chain: the hashes of all 9 events are valid; the last event is signed with the key [0-9a-f]{64}/,
    );
  });

  it('prints one JSON document with --json', async () => {
    const folder = await temporaryFolder();
    const file = await fileIn(folder, 'b.json', signedBundle(BOUNDARY, goodEvents()));
    const { code, stdout, stderr } = await call(folder, ['show', file, '--json']);
    const shown = JSON.parse(stdout);
    expect({ code, stderr, chain: shown.chain, events: shown.events.length }).toEqual({
      code: 0,
      stderr: '',
      chain: { holds: true, fault: null },
      events: 9,
    });
  });

  it('says that nothing is signed while the boundary is open, and that something is missing when it is closed', async () => {
    const folder = await temporaryFolder();
    const open = await fileIn(folder, 'open.json', makeBundle(BOUNDARY, goodEvents().slice(0, -1)));
    expect((await call(folder, ['show', open])).stdout).toContain('8 events are valid. (Not signed yet');
    const closed = await fileIn(folder, 'closed.json', makeBundle(BOUNDARY, goodEvents()));
    expect((await call(folder, ['show', closed])).stdout).toContain('the envelope is missing');
  });

  it('says so when an event was changed', async () => {
    const folder = await temporaryFolder();
    const events = goodEvents().map((event) =>
      event.seq === 3 ? { ...event, data: { name: 'other' } } : event,
    );
    const file = await fileIn(folder, 'b.json', makeBundle(BOUNDARY, events));
    expect((await call(folder, ['show', file])).stdout).toContain(
      'Chain: BROKEN: event 3 (secret.issued) was changed',
    );
    expect(JSON.parse((await call(folder, ['show', file, '--json'])).stdout).chain.holds).toBe(false);
  });

  it.each([
    ['a file that is not there', 'none.json', undefined, /cannot be read/],
    ['a file that is not JSON', 'a.json', '{', /is not JSON/],
    ['a file that is no bundle', 'a.json', '{"version":1}', /not an evidence bundle/],
    ['a file that is not UTF-8', 'a.json', new Uint8Array([0x22, 0xff, 0x22]), /is not JSON in UTF-8/],
    ['a name that is neither file nor id', 'nightly-1', undefined, /not a boundary id.*--type/],
  ])('%s: exit 2 and one message', async (_what, name, content, message) => {
    const folder = await temporaryFolder();
    if (content !== undefined) await fileIn(folder, name, content);
    const { code, stdout, stderr } = await call(folder, ['show', name, '--stack', 'X']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('show --out', () => {
  it.each([
    [
      'of a bundle file',
      ['b.json', '--out', 'kept'],
      /--out writes the evidence of a task in a stack, but b\.json is a file/,
    ],
    [
      'into a file',
      ['object-transfer.x1', '--stack', 'X', '--out', 'b.json'],
      /--out .*b\.json is a file; it must be a folder/,
    ],
  ])('%s: exit 2, and nothing is written', async (_what, argv, message) => {
    const folder = await temporaryFolder();
    await fileIn(folder, 'b.json', makeBundle(BOUNDARY, goodEvents()));
    const { code, stdout, stderr } = await call(folder, ['show', ...argv]);
    expect({ code, stdout, files: await readdir(folder) }).toEqual({
      code: 2,
      stdout: '',
      files: ['b.json'],
    });
    expect(stderr).toMatch(message);
  });
});
