import { jsonText, quoted, visible } from '../display/visible.ts';

/**
 * Markup. Every value in a template is made visible and escaped as text, unless it is an `Html` already: text of others cannot get into a page
 * unescaped, hide in it or change its order. The pages are XML as well, so any XML parser can check that one is well-formed.
 */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

export type Content = Html | string | number | undefined | readonly Content[];

/** Longer texts are cut and marked, so that the page opens for any bundle. */
const MOST_CHARACTERS = 20_000;

/** The first `limit` characters of a longer text, and how long it is. `show` makes them visible. */
export function cut(text: string, limit: number, show: (text: string) => string = visible): string {
  if (text.length <= limit) return show(text);
  // Not inside a surrogate pair.
  const end = /[\ud800-\udbff]/.test(text.charAt(limit - 1)) ? limit - 1 : limit;
  return `${show(text.slice(0, end))} … (shortened from ${text.length} characters; the bundle contains the full text)`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): Html =>
  new Html(text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? ''));

/** Text that was made visible already, as by `quoted` and `jsonText`. Only its markup is escaped. */
export const shown = (text: string, limit = MOST_CHARACTERS): Html =>
  escaped(cut(text, limit, (already) => already));

function markupOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.markup;
  return typeof content === 'object'
    ? content.map(markupOf).join('')
    : escaped(cut(String(content), MOST_CHARACTERS)).markup;
}

/** A template whose values are escaped: html`<p>${theirs}</p>`. Attribute values must be in double quotes. Own words with characters beyond ASCII are templates. */
export const html = (parts: TemplateStringsArray, ...contents: readonly Content[]): Html =>
  new Html(parts.map((part, index) => part + markupOf(contents[index])).join(''));

/** Text from the record inside one of the report's sentences. It is isolated, so text that runs from right to left does not reorder the sentence. */
export const theirs = (text: string | undefined, limit = 600): Html =>
  html`<bdi class="theirs">${escaped(cut(text ?? 'not recorded', limit))}</bdi>`;

/** The same in quotes: what people or programs wrote, which could otherwise continue the report's sentence. */
export const quote = (text: string | undefined, limit = 600): Html =>
  text === undefined ? theirs(text) : html`<bdi class="theirs">${escaped(cut(text, limit, quoted))}</bdi>`;

/** Names, digests and code, which may break anywhere. */
export const code = (text: string | undefined): Html =>
  html`<code>${escaped(cut(text ?? 'not recorded', 2000))}</code>`;

/** Text in lines of its own. The keyboard can reach it, because it may scroll. */
export const block = (label: string, text: Content): Html =>
  html`<pre tabindex="0" role="group" aria-label="${label}"><code>${text}</code></pre>`;

/** A value as JSON in lines of its own. */
export const jsonBlock = (label: string, value: unknown): Html => block(label, shown(jsonText(value, '  ')));

/** `5 leases`, `1 lease` */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;
