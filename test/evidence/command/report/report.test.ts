import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publicKeyPem } from 'taskbound-evidence/signature/evidence-key';
import { bundleOf, keyPair, STACK_KEY } from '../../../fixtures/signed-bundle.ts';
import { BOUNDARY, eventsOf } from '../../../fixtures/task-events.ts';
import { auditOf, violatedAudit } from '../../report/audits.ts';
import { call, fileIn, temporaryFolder } from '../../../cli/support.ts';

const events = eventsOf('succeeded');
const bundle = bundleOf(BOUNDARY, events);

describe('report', () => {
  it('writes the page next to the bundle and prints its path', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'a'));
    await fileIn(folder, 'a/b.json', bundle);
    const { code, stdout, stderr } = await call(folder, ['report', 'a/b.json']);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `${join(folder, 'a/nightly-1.report.html')}\n`,
      stderr: '',
    });
    expect(await readFile(join(folder, 'a/nightly-1.report.html'), 'utf8')).toMatch(/^<!doctype html>/);
  });

  it('prints one JSON document with --json, and accepts an audit, a key and a path', async () => {
    const folder = await temporaryFolder();
    await fileIn(folder, 'b.json', bundle);
    await fileIn(folder, 'audit.json', violatedAudit(events));
    await fileIn(folder, 'key.pem', publicKeyPem(STACK_KEY.publicKey));
    const { code, stdout } = await call(folder, [
      ...[
        'report',
        'b.json',
        '--audit',
        'audit.json',
        '--key',
        'key.pem',
        '--out',
        'deep/page.html',
        '--json',
      ],
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      boundaryId: BOUNDARY,
      reportFile: join(folder, 'deep/page.html'),
      headHash: events.at(-1)?.hash,
      outcome: 'succeeded',
      access: 'unproven',
      evidence: 'verified',
      audit: 'violated',
    });
    expect(await readFile(join(folder, 'deep/page.html'), 'utf8')).toContain('The boundary was violated.');
  });

  it('reports that the record was signed with another key', async () => {
    const folder = await temporaryFolder();
    await fileIn(folder, 'b.json', bundle);
    await fileIn(folder, 'key.pem', publicKeyPem(keyPair().publicKey));
    const { code, stdout } = await call(folder, ['report', 'b.json', '--key', 'key.pem', '--json']);
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 0,
      evidence: 'broken',
      access: 'unproven',
    });
    const page = await readFile(join(folder, 'nightly-1.report.html'), 'utf8');
    expect(page).toContain('not with the pinned key');
    expect(page).not.toMatch(/record was changed|chain is broken/);
  });

  it.each([[['--key', 'key.pem']], [[]]])(
    'says of an open task, with %j, that it is not signed yet',
    async (key) => {
      const folder = await temporaryFolder();
      await fileIn(folder, 'b.json', bundleOf(BOUNDARY, eventsOf('under way')));
      await fileIn(folder, 'key.pem', publicKeyPem(STACK_KEY.publicKey));
      const { stdout } = await call(folder, ['report', 'b.json', ...key, '--json']);
      expect(JSON.parse(stdout)).toMatchObject({ evidence: 'unsigned', access: 'unproven' });
      const page = await readFile(join(folder, 'nightly-1.report.html'), 'utf8');
      expect(page).toContain('Not signed yet');
      expect(page).not.toMatch(/Do not rely on this record|record was changed|nothing in it is evidence/);
    },
  );

  it.each<[string, object]>([
    ['an open task that was changed', bundleOf(BOUNDARY, eventsOf('under way').slice(1))],
    ['a closed task whose signature was taken away', { ...bundle, envelope: null, publicKey: null }],
  ])('does not take %s for one that is not signed yet', async (_what, content) => {
    const folder = await temporaryFolder();
    await fileIn(folder, 'b.json', content);
    const { stdout } = await call(folder, ['report', 'b.json', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ evidence: 'broken' });
  });

  it('writes the page of a broken record too, and reports it in both outputs', async () => {
    const folder = await temporaryFolder();
    await fileIn(folder, 'b.json', bundleOf(BOUNDARY, events.slice(1)));
    const { code, stdout } = await call(folder, ['report', 'b.json', '--json']);
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 0,
      evidence: 'broken',
      access: 'unproven',
    });
    expect(await readFile(join(folder, 'nightly-1.report.html'), 'utf8')).toContain(
      'Do not rely on this record.',
    );
  });

  it('leaves the verdict of an audit out of the summary of a broken record', async () => {
    const folder = await temporaryFolder();
    const changed = events.map((event) => (event.seq === 1 ? { ...event, actor: 'somebody else' } : event));
    await fileIn(folder, 'b.json', { ...bundle, events: changed });
    await fileIn(folder, 'audit.json', auditOf(events));
    const { stdout } = await call(folder, ['report', 'b.json', '--audit', 'audit.json', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ evidence: 'broken', audit: null });
  });

  const sound = auditOf(events);
  const violated = violatedAudit(events);
  it.each<[string, unknown, RegExp]>([
    [
      'enforced with violations',
      { ...violated, verdict: 'enforced' },
      /verdict: is enforced, but 2 violations and 1 gaps make it violated/,
    ],
    ['enforced with a gap', { ...sound, gaps: violated.gaps }, /1 gaps make it undetermined/],
    ['violated without violations', { ...sound, verdict: 'violated' }, /make it enforced/],
    ['undetermined without a gap', { ...sound, verdict: 'undetermined' }, /make it enforced/],
    [
      'enforced with a call outside',
      { ...sound, calls: { ...sound.calls, outsideAllowed: 7 } },
      /is enforced, but calls\.outsideAllowed is 7/,
    ],
    [
      'enforced with a call after the end',
      { ...sound, calls: { ...sound.calls, afterAllowed: 3 } },
      /calls\.afterAllowed is 3/,
    ],
    [
      'enforced with a number that cannot be',
      { ...sound, calls: { ...sound.calls, afterAllowed: -1 } },
      /calls\.afterAllowed is -1/,
    ],
    [
      'enforced with broken digests',
      { ...sound, trail: { ...sound.trail, digests: 'broken' } },
      /trail\.digests is broken/,
    ],
    [
      'enforced without digests',
      { ...sound, trail: { ...sound.trail, digests: 'absent' } },
      /trail\.digests is absent/,
    ],
    [
      'enforced with broken signatures',
      { ...sound, trail: { ...sound.trail, signatures: 'broken' } },
      /trail\.signatures is broken/,
    ],
  ])('takes no audit that contradicts itself: %s', async (_what, audit, message) => {
    const folder = await temporaryFolder();
    await fileIn(folder, 'b.json', bundle);
    await fileIn(folder, 'audit.json', audit);
    const { code, stderr } = await call(folder, ['report', 'b.json', '--audit', 'audit.json']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
    expect(await readdir(folder)).not.toContain('nightly-1.report.html');
  });

  const other = eventsOf('failed');
  it.each<[string, unknown, Record<string, unknown>, string[], RegExp]>([
    ['no bundle', {}, {}, [], /not an evidence bundle/],
    ['no events', bundleOf(BOUNDARY, []), {}, [], /has no events/],
    [
      'the record of a review',
      bundleOf(`${BOUNDARY}.review`, events),
      {},
      [],
      /not the record of a task.*taskbound show/,
    ],
    ['a task id that is a path', { ...bundle, taskId: '../../x' }, {}, [], /"\.\.\/\.\.\/x"/],
    [
      'an audit that is not there',
      bundle,
      {},
      ['--audit', 'none.json'],
      /The audit "none.json" cannot be read/,
    ],
    ['an audit that is not JSON', bundle, { 'a.json': '{' }, ['--audit', 'a.json'], /not valid JSON/],
    [
      'an audit in another form',
      bundle,
      { 'a.json': { ...auditOf(events), extra: 1 } },
      ['--audit', 'a.json'],
      /not the result of an audit/,
    ],
    [
      'an audit of another task',
      bundle,
      { 'a.json': auditOf(events, { boundaryId: 'object-transfer.other' }) },
      ['--audit', 'a.json'],
      /an audit of "object-transfer.other"/,
    ],
    [
      'an audit of another chain',
      bundle,
      { 'a.json': auditOf(other) },
      ['--audit', 'a.json'],
      /the chain that ends with/,
    ],
    ['an invalid key', bundle, { 'k.pem': 'x' }, ['--key', 'k.pem'], /no PUBLIC KEY block/],
    ['the bundle as the page', bundle, {}, ['--out', 'b.json'], /the bundle itself/],
    ['a folder as the page', bundle, {}, ['--out', '.'], /cannot be written/],
  ])('%s: exit 2, one message, no page', async (_what, content, files, args, message) => {
    const folder = await temporaryFolder();
    await fileIn(folder, 'b.json', content);
    for (const [name, file] of Object.entries(files)) await fileIn(folder, name, file);
    const before = await readdir(folder);
    const { code, stdout, stderr } = await call(folder, ['report', 'b.json', ...args]);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
    expect(await readdir(folder)).toEqual(before);
  });
});

describe('controls', () => {
  it('prints each control with its events, and the controls without evidence', async () => {
    const folder = await temporaryFolder();
    await fileIn(folder, 'b.json', bundle);
    const { code, stdout } = await call(folder, ['controls', 'b.json']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^NHI1:2025 {2}Improper Offboarding: evidence$/m);
    expect(stdout).toMatch(
      /^ {4}event 8 revocation.proven: the task's own credential was used and refused$/m,
    );
    expect(stdout).toMatch(/^ {2}PR\.AA-06 /m);
  });

  it('prints one JSON document with --json', async () => {
    const folder = await temporaryFolder();
    await fileIn(folder, 'b.json', bundle);
    const { code, stdout, stderr } = await call(folder, ['controls', 'b.json', '--json']);
    const map = JSON.parse(stdout);
    expect({ code, stderr, keys: Object.keys(map) }).toEqual({
      code: 0,
      stderr: '',
      keys: ['version', 'boundaryId', 'headHash', 'controls', 'nothing', 'evidence'],
    });
    expect([map.controls.length, map.nothing.length]).toEqual([10, 13]);
    expect(Object.keys(map.controls[0])).toEqual(['control', 'title', 'source', 'status', 'events', 'says']);
  });

  it.each([
    [
      'a broken chain',
      bundleOf(BOUNDARY, events.slice(1)),
      /cannot be used as evidence for controls\. The record does not verify: event 1/,
    ],
    ['no events', bundleOf(BOUNDARY, []), /has no events/],
  ])('%s: exit 2', async (_what, content, message) => {
    const folder = await temporaryFolder();
    await fileIn(folder, 'b.json', content);
    expect(await call(folder, ['controls', 'b.json'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(message),
    });
  });
});
