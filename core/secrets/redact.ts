import { inspect } from 'node:util';

const REDACTED = '[redacted]';
/** Shorter values would redact ordinary words. Every value that Taskbound generates is longer. */
const SHORTEST_REDACTED = 6;
/** A line or JSON string inside a value counts as a secret of its own from this length on. */
const SHORTEST_PART = 16;
/** The seed of an Ed25519 key is the end of its DER: https://www.rfc-editor.org/rfc/rfc8410#section-7 */
const KEY_SEED_BYTES = 32;

const withoutPadding = (base64: string): string => base64.replace(/=+$/, '');
const urlSafe = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_');

/**
 * How the bytes can appear inside the base64 of a longer value: one form for each of the three offsets in a
 * group of three bytes, without the characters at both ends that also depend on neighboring bytes.
 */
function base64Anywhere(bytes: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const text = withoutPadding(Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64'));
    const sharedAtStart = offset === 0 ? 0 : offset + 1;
    const sharedAtEnd = (offset + bytes.length) % 3 === 0 ? 0 : 1;
    return text.slice(sharedAtStart, text.length - sharedAtEnd);
  });
}

function encodingsOfBytes(bytes: Buffer): string[] {
  const base64 = [
    bytes.toString('base64'),
    withoutPadding(bytes.toString('base64')),
    ...base64Anywhere(bytes),
  ];
  const hex = bytes.toString('hex');
  const spacedHex = (hex.match(/../g) ?? []).join(' ');
  return [
    ...base64,
    ...base64.map(urlSafe),
    hex,
    hex.toUpperCase(),
    spacedHex,
    [...bytes].join(','),
    [...bytes].join(', '),
  ];
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
const escapedAscii = (text: string): string =>
  escaped(text).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
const xmlEscaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const percentBytes = (text: string): string => Buffer.from(text).toString('hex').replace(/../g, '%$&');
const lowerPercent = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());

function encodingsOfText(text: string): string[] {
  const component = encodeURIComponent(text.toWellFormed());
  const form = new URLSearchParams([['', text]]).toString().slice(1);
  const inspected = inspect(text, { breakLength: Infinity, maxStringLength: null }).slice(1, -1);
  return [
    text,
    escaped(text),
    escaped(escaped(text)),
    escaped(escaped(escaped(text))),
    escapedAscii(text),
    inspected,
    xmlEscaped(text),
    component,
    lowerPercent(component),
    form,
    percentBytes(text),
    percentBytes(text).toUpperCase(),
  ];
}

/** The bytes of a PEM body, complete and without the fixed header of a private key. */
function keyBytes(value: string): Buffer[] {
  const body = /-----BEGIN [^-]+-----([A-Za-z0-9+/=\s]+)-----END/.exec(value)?.[1];
  if (body === undefined) return [];
  const bytes = Buffer.from(body, 'base64');
  return [bytes, bytes.subarray(-KEY_SEED_BYTES)];
}

function jsonStrings(value: string): string[] {
  if (!/^\s*[[{]/.test(value)) return [];
  const found: string[] = [];
  try {
    JSON.parse(value, (_key, item: unknown) => {
      if (typeof item === 'string') found.push(item);
      return item;
    });
  } catch {
    return []; // The text is not JSON: the whole text and its lines are redacted.
  }
  return found;
}

/**
 * The texts to redact: the whole value, and each long line or JSON string in it (a PEM body, a key in a
 * document).
 */
function parts(value: string): string[] {
  const lines = value.split(/\r?\n/).filter((line) => !line.startsWith('-----'));
  return [
    value,
    value.trim(),
    ...[...lines, ...jsonStrings(value)].filter((part) => part.length >= SHORTEST_PART),
  ];
}

function needlesOf(value: string): string[] {
  const texts = parts(value).filter((part) => part.length >= SHORTEST_REDACTED);
  const bytes = [...texts.map((text) => Buffer.from(text, 'utf8')), ...keyBytes(value)];
  return [...texts.flatMap(encodingsOfText), ...bytes.flatMap(encodingsOfBytes)];
}

/**
 * Makes a function that replaces the given values in a text, in every common encoding: plain, escaped for
 * JSON (up to three times), JavaScript, XML or URLs, as base64 (also within the base64 of a longer value), as
 * hexadecimal or as a list of bytes. A value that was transformed in another way (reversed, encrypted, split)
 * is not recognized. The longest are replaced first, so no part of a value remains.
 */
export function redactor(values: Iterable<string>): (text: string) => string {
  const needles = new Set(
    [...values].flatMap(needlesOf).filter((needle) => needle.length >= SHORTEST_REDACTED),
  );
  const ordered = [...needles].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((left, needle) => left.replaceAll(needle, REDACTED), text);
}

/** Applies a redactor to every string of a JSON value, keys included. */
export function redactJson(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactJson(item, redact));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [redact(key), redactJson(item, redact)]),
    );
  }
  return value;
}
