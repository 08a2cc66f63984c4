import { cp, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { call, temporaryFolder } from '../../cli/support.ts';

/**
 * What version 0.1 wrote for one task, `run sample/requests/case-response.json --local --seed sample/seed --as alice@Requesters --out --trail`,
 * and what its commands printed about it. Later versions must read the same in it.
 */
const FIXTURE = fileURLToPath(new URL('../../fixtures/bundle-v0.1/', import.meta.url));

const expected = async (name: string): Promise<string> => readFile(join(FIXTURE, name), 'utf8');

async function bundleName(): Promise<string> {
  const name = (await readdir(FIXTURE)).find((each) => each.endsWith('.evidence.json'));
  if (name === undefined) throw new Error('the fixture has no bundle');
  return name;
}

const KEY = ['--key', 'taskbound.pub.pem'];

test('a bundle of version 0.1 verifies', async () => {
  const { code, stdout } = await call(FIXTURE, ['verify', await bundleName(), ...KEY, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(await expected('verify.expected.json')));
});

test('a bundle and a trail of version 0.1 are audited to the same result', async () => {
  const trail = ['--trail', 'trail', '--trail-keys', 'trail/public-keys.json'];
  const { code, stdout } = await call(FIXTURE, ['audit', await bundleName(), ...KEY, ...trail, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(await expected('audit.expected.json')));
});

test('the controls that a bundle of version 0.1 is evidence for are the same, by the same events', async () => {
  const { code, stdout } = await call(FIXTURE, ['controls', await bundleName(), '--json']);
  expect(code).toBe(0);
  const before = factsOf(await expected('controls.expected.json'));
  // Version 0.1 did not check the signature.
  expect(factsOf(stdout)).toEqual({ ...before, evidence: 'consistent' });
});

test('a bundle of version 0.1 is reported with its audit', async () => {
  const folder = await temporaryFolder();
  await cp(FIXTURE, folder, { recursive: true });
  const out = ['--audit', 'audit.expected.json', '--out', 'page.html'];
  const { code, stderr } = await call(folder, ['report', await bundleName(), ...KEY, ...out]);
  expect([code, stderr]).toEqual([0, '']);
  const [page, before] = [
    await readFile(join(folder, 'page.html'), 'utf8'),
    await expected('report.expected.html'),
  ];
  expect(valuesIn(page)).toEqual(valuesIn(before));
});

/** The result without its texts. */
function factsOf(json: string): Record<string, unknown> {
  const {
    controls,
    ...rest
  }: { controls: { control: string; status: string; events: { seq: number }[] }[] } = JSON.parse(json);
  return {
    ...rest,
    controls: controls.map(({ control, status, events }) => ({
      control,
      status,
      events: events.map(({ seq }) => seq),
    })),
  };
}

/** Names, digests, ids and texts of the record, which the page shows as code. */
const valuesIn = (page: string): string[] =>
  [...page.matchAll(/<code>([^<]*)<\/code>/g)].map(([, text]) => text ?? '');
