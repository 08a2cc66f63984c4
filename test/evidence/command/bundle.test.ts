import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeBundle } from 'taskbound-evidence/command/bundle';
import { bundleText, makeBundle } from 'taskbound-evidence/chain/bundle';
import { bundleOf } from '../../fixtures/signed-bundle.ts';
import { BOUNDARY, fileIn, goodEvents, temporaryFolder } from '../../cli/support.ts';

const bundle = bundleOf(BOUNDARY, goodEvents());

it('replaces an older copy of the same task, and of a file that is not evidence', async () => {
  const folder = await temporaryFolder();
  for (const standing of [makeBundle(BOUNDARY, goodEvents().slice(0, 2)), 'no evidence']) {
    const name = await fileIn(folder, 'nightly-1.evidence.json', standing);
    expect(await writeBundle(folder, bundle)).toBe(join(folder, name));
    expect(await readFile(join(folder, name), 'utf8')).toBe(bundleText(bundle));
  }
});

it('does not replace the evidence of a task of another type with the same id', async () => {
  const folder = await temporaryFolder();
  const path = await writeBundle(folder, bundle);
  await expect(writeBundle(folder, makeBundle('other.nightly-1', goodEvents()))).rejects.toMatchObject({
    name: 'UsageError',
    message: `${path} is the evidence of ${BOUNDARY}, and the evidence of other.nightly-1 would replace it. Give another folder.`,
  });
  expect(await readFile(path, 'utf8')).toBe(bundleText(bundle));
});
