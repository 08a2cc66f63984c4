import { describe, expect, it } from 'vitest';
import {
  anchorsIn,
  decisions,
  documents,
  exists,
  guides,
  linksIn,
  named,
  paragraphsIn,
  pathsIn,
} from './documents.ts';

const README = named('README.md');
const LINES_OF_A_PARAGRAPH = 5;

describe.each(documents.map((document) => [document.path, document] as const))('%s', (_path, document) => {
  it('names only paths that exist', () => {
    expect(pathsIn(document).filter((path) => !exists(path))).toEqual([]);
  });

  it('links only to files and headings that exist', () => {
    const broken = linksIn(document).filter((link) => {
      const [path = '', heading] = link.split('#');
      if (!exists(path)) return true;
      return heading !== undefined && !anchorsIn(named(path)).includes(heading);
    });
    expect(broken).toEqual([]);
  });
});

describe.each([README, ...guides].map((document) => [document.path, document] as const))(
  '%s',
  (_path, document) => {
    it(`has no paragraph of more than ${LINES_OF_A_PARAGRAPH} lines`, () => {
      expect(paragraphsIn(document).filter(({ length }) => length > LINES_OF_A_PARAGRAPH)).toEqual([]);
    });

    it('has short lines', () => {
      const long = document.prose
        .split('\n')
        .filter((line) => line.length > 110 && !line.startsWith('|') && !line.includes(']('));
      expect(long).toEqual([]);
    });
  },
);

describe('the size of', () => {
  it.each([
    ['README.md', 200],
    ['docs/architecture.md', 110],
  ])('%s is at most %i lines', (path, limit) => {
    expect(named(path).text.trimEnd().split('\n').length).toBeLessThanOrEqual(limit);
  });
});

describe('the map of the docs', () => {
  it('has every guide and the glossary in the README', () => {
    const linked = linksIn(README);
    for (const { path } of guides) expect(linked).toContain(path);
    expect(linked).toContain('docs/glossary.md');
  });

  it('has every decision in the index of decisions', () => {
    const linked = linksIn(named('docs/decisions/README.md'));
    for (const { path } of decisions) expect(linked).toContain(path);
  });

  it('gives each decision its number once', () => {
    const numbers = decisions.map(({ path }) => /(\d{4})-/.exec(path)?.[1]);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const { path, text } of decisions) expect(text).toMatch(`# ${/(\d{4})-/.exec(path)?.[1]}: `);
  });
});
