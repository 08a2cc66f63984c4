import { describe, expect, it } from 'vitest';
import { packedDocument } from '../../../scripts/build/packed-links.ts';

const PACKED = ['docs/guides/deploy.md', 'docs/glossary.md', 'README.md'];
const packed = (text: string, source?: (path: string) => string): string =>
  packedDocument({ path: 'docs/guides/deploy.md', text }, (path) => PACKED.includes(path), source);
const inRepository = (path: string): string => `https://example.com/t/blob/v1.0.0/${path}`;

describe('a link of a packed document', () => {
  it.each([
    '[words](../glossary.md)',
    '[words](../glossary.md#access)',
    '[top](#top)',
    '[AWS](https://aws.amazon.com/)',
  ])('%s stays, because it leads somewhere', (link) => expect(packed(link, inRepository)).toBe(link));

  it('leads to the repository when its file is not packed', () => {
    expect(packed('see [the format](../../packages/local/README.md#seed-and-dump).', inRepository)).toBe(
      'see [the format](https://example.com/t/blob/v1.0.0/packages/local/README.md#seed-and-dump).',
    );
  });

  it('becomes text when the repository is not known', () => {
    expect(packed('see [the format](../../packages/local/README.md#seed-and-dump).')).toBe('see the format.');
  });
});
