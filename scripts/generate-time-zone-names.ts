import { readFileSync, writeFileSync } from 'node:fs';

/**
 * `node scripts/generate-time-zone-names.ts`: writes the names of the IANA time zone database, as the installed `tzdata` package contains
 * it, to `packages/time/time-zone-names.ts`. Run it after an update of `tzdata`: docs/decisions/0029-names-of-time-zones.md.
 */
interface Database {
  /** The release of the database, such as 2026d. */
  readonly version: string;
  /** Rules by the name of the zone; a link has the name of its target. */
  readonly zones: Readonly<Record<string, unknown>>;
}

const FILE = new URL('../packages/time/time-zone-names.ts', import.meta.url);
const LINE_CHARACTERS = 108;

/** The words in lines of limited length. */
function lines(words: readonly string[]): string[] {
  const found: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + word.length >= LINE_CHARACTERS) {
      found.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...found, line];
}

const packageFile = new URL(import.meta.resolve('tzdata'));
const { version, zones }: Database = JSON.parse(readFileSync(packageFile, 'utf8'));
const names = Object.keys(zones).sort();
writeFileSync(
  FILE,
  `/**
 * Written by scripts/generate-time-zone-names.ts; do not edit. All names of the IANA time zone database, zones and links, as spelled there:
 * https://www.iana.org/time-zones
 */

/** The release of the database. */
export const TIME_ZONE_DATABASE = '${version}';

export const TIME_ZONE_NAMES: readonly string[] = \`
${lines(names).join('\n')}
\`
  .trim()
  .split(/\\s/);
`,
);
process.stdout.write(`${names.length} names of ${version} are in packages/time/time-zone-names.ts.\n`);
