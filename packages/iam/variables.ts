/**
 * Policy variables: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 *
 * A template is a policy string, split into variables, wildcards and literals once, when the policy is
 * compiled.
 */
import type { ContextView } from './context.ts';
import type { Glob } from './glob.ts';
import { ANY_ONE, ANY_RUN, matchesGlob } from './glob.ts';
import { MalformedPolicy, formatValue } from './malformed.ts';

/** `${key}` or `${key, 'default'}`; the key is kept in lower case. */
interface Variable {
  readonly key: string;
  readonly fallback: string | undefined;
}

type Piece = number | Variable;

export interface Template {
  readonly pieces: readonly Piece[];
  /** The whole pattern, when it contains no variables. */
  readonly glob: Glob | undefined;
  /** The text, when the pattern contains no variables and no wildcards: most parts of most ARNs. */
  readonly literal: string | undefined;
  /** The text that every match starts with. It rules out most texts before variables are filled in. */
  readonly prefix: string;
  /** Compare without regard to case. The pieces are in lower case; filled-in values must be lowered too. */
  readonly foldCase: boolean;
}

export interface TemplateOptions {
  /** Whether `${...}` is a variable: only with `Version` 2012-10-17. In older documents it is plain text. */
  readonly variables: boolean;
  /** Whether `*` and `?` are wildcards. */
  readonly wildcards: boolean;
  readonly foldCase?: boolean;
}

/** `${*}`, `${?}`, `${$}` (the character itself), `${key}`, or `${key, 'default'}`. */
const VARIABLE = /\$\{(?:([*?$])|([^,'{}$*?]+)(?:,\s*'([^']*)')?)\}/y;

function variableAt(text: string, at: number): { readonly piece: Piece; readonly end: number } {
  VARIABLE.lastIndex = at;
  const match = VARIABLE.exec(text);
  if (match === null) {
    throw new MalformedPolicy(
      `The value ${formatValue(text)} has a "\${" that starts no policy variable such as \${aws:SourceIdentity}.`,
    );
  }
  const [whole, escaped, key = '', fallback] = match;
  const piece = escaped === undefined ? { key: key.trim().toLowerCase(), fallback } : escaped.charCodeAt(0);
  return { piece, end: at + whole.length };
}

function wildcard(character: string | undefined): number | undefined {
  if (character === '*') return ANY_RUN;
  return character === '?' ? ANY_ONE : undefined;
}

function toPieces(text: string, options: TemplateOptions): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length;) {
    if (options.variables && text.startsWith('${', at)) {
      const { piece, end } = variableAt(text, at);
      pieces.push(piece);
      at = end;
      continue;
    }
    pieces.push((options.wildcards ? wildcard(text[at]) : undefined) ?? text.charCodeAt(at));
    at++;
  }
  return pieces;
}

export function hasVariables(pieces: readonly Piece[]): boolean {
  return !isGlob(pieces);
}

function isGlob(pieces: readonly Piece[]): pieces is Glob {
  return pieces.every((piece) => typeof piece === 'number');
}

function fromPieces(pieces: readonly Piece[], foldCase: boolean): Template {
  const open = pieces.findIndex((piece) => typeof piece !== 'number' || piece < 0);
  const fixed = (open < 0 ? pieces : pieces.slice(0, open)).filter((piece) => typeof piece === 'number');
  const prefix = fixed.map((unit) => String.fromCharCode(unit)).join('');
  return {
    pieces,
    glob: isGlob(pieces) ? pieces : undefined,
    literal: open < 0 ? prefix : undefined,
    prefix,
    foldCase,
  };
}

/** Throws `MalformedPolicy` for a `${` that starts no variable. */
export function compileTemplate(text: string, options: TemplateOptions): Template {
  const foldCase = options.foldCase ?? false;
  return fromPieces(toPieces(foldCase ? text.toLowerCase() : text, options), foldCase);
}

const COLON = ':'.charCodeAt(0);

/**
 * Splits at the first `limit - 1` colons written in the policy. Colons in a variable's name or value do not
 * count.
 */
export function splitTemplate(template: Template, limit: number): readonly Template[] {
  const parts: Piece[][] = [[]];
  for (const piece of template.pieces) {
    if (piece === COLON && parts.length < limit) parts.push([]);
    else parts.at(-1)?.push(piece);
  }
  return parts.map((pieces) => fromPieces(pieces, template.foldCase));
}

/** The pattern for one request; `undefined` when a variable has neither value nor default. */
function fillTemplate(template: Template, context: ContextView): Glob | undefined {
  if (template.glob !== undefined) return template.glob;
  const filled: number[] = [];
  for (const piece of template.pieces) {
    if (typeof piece === 'number') {
      filled.push(piece);
      continue;
    }
    const value = context.single(piece.key) ?? piece.fallback;
    if (value === undefined) return undefined;
    const text = template.foldCase ? value.toLowerCase() : value;
    // Values contribute literal code units only: a `*` in a value matches a `*`.
    for (let at = 0; at < text.length; at++) filled.push(text.charCodeAt(at));
  }
  return filled;
}

/**
 * Whether the text matches in this request. Nothing matches when a variable has neither a value nor a
 * default.
 */
export function matchesTemplate(template: Template, text: string, context: ContextView): boolean {
  if (template.literal !== undefined) return template.literal === text;
  if (!text.startsWith(template.prefix)) return false;
  const glob = fillTemplate(template, context);
  return glob !== undefined && matchesGlob(glob, text);
}
