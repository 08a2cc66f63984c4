import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository, with a slash at its end. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = [
  'bin',
  'cli',
  'client',
  'core',
  'docs',
  'lambdas',
  'lib',
  'packages',
  'sample',
  'scripts',
  'simulation',
  'test',
];

const textOf = (path: string): string => readFileSync(ROOT + path, 'utf8');

/** Every file and folder of the repository, by its path; folders end in a slash. */
const paths: ReadonlySet<string> = new Set([
  ...readdirSync(ROOT),
  ...FOLDERS.flatMap((folder) => [`${folder}/`, ...pathsBelow(folder)]),
]);

function pathsBelow(folder: string): string[] {
  return readdirSync(ROOT + folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? [`${path}/`, ...pathsBelow(path)] : [path];
    });
}

/** A document that people read. */
export interface Document {
  /** From the repository's root: `docs/runbook.md`. */
  readonly path: string;
  readonly text: string;
  /** The text without fenced code. */
  readonly prose: string;
}

const documentAt = (path: string): Document => {
  const text = textOf(path);
  return { path, text, prose: text.replaceAll(/^```.*?^```$/gms, '') };
};

const MARKDOWN = [...paths].filter((path) => path.endsWith('.md'));
export const documents: readonly Document[] = MARKDOWN.filter((path) =>
  /^(README|CHANGELOG|docs\/.*|packages\/.*)\.md$/.test(path),
).map(documentAt);
export const named = (path: string): Document => documentAt(path);
export const guides = documents.filter(({ path }) => path.startsWith('docs/guides/'));
export const decisions = documents.filter(({ path }) => /^docs\/decisions\/\d/.test(path));

/** Whether there is a file or folder of this path, in which `*` stands for any characters but a slash. */
export function exists(path: string): boolean {
  if (!path.includes('*')) return paths.has(path) || paths.has(`${path}/`);
  const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}/?$`);
  return [...paths].some((each) => pattern.test(each));
}

/** What a document names in backticks that looks like a path of the repository. */
export const pathsIn = ({ prose }: Document): string[] =>
  [...prose.matchAll(/`([^`\n]+)`/g)]
    .map(([, code = '']) => code)
    .filter((code) => FOLDERS.some((folder) => code.startsWith(`${folder}/`)) && /^[\w./*-]+$/.test(code));

/** The links of a document to files of the repository, each as `path#heading`, from the root. */
export const linksIn = ({ path, prose }: Document): string[] =>
  [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^(https?|mailto):/.test(target))
    .map((target) => {
      const { pathname, hash } = new URL(target, `file:///${path}`);
      return `${pathname.slice(1)}${hash}`;
    });

/** The anchors of a document's headings, as GitHub makes them. */
export const anchorsIn = ({ prose }: Document): string[] =>
  [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Lines of running text that follow each other: not tables, and each item of a list by itself. */
export const paragraphsIn = ({ prose }: Document): string[][] =>
  prose
    .replaceAll(/^(\s*)([-*]|\d+\.) /gm, '\n$1$2 ')
    .split(/\n\s*\n/)
    .map((block) => block.split('\n').filter((line) => line.trim() !== ''))
    .filter(([first = '']) => first !== '' && !first.startsWith('|') && !first.startsWith('#'));
