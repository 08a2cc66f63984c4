/**
 * Markup. Everything that is put into a template is text and is escaped, unless it is markup of this kind already: there is no way to
 * put other people's words into a page unescaped. The pages are XML as well, so that any XML parser can say whether one is well-formed.
 */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

export type Content = Html | string | number | undefined | readonly Content[];

/** Longer texts are cut, with a word about it: a page must open whatever somebody put into a bundle. */
const MOST_CHARACTERS = 20_000;

/**
 * Control, format (bidirectional and zero-width ones among them), private, surrogate and unassigned characters, separators and fillers that
 * show nothing, and tags; not the line feed and the ordinary space.
 */
const UNSEEN =
  /(?![\n ])[\p{C}\p{Z}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]/gu;

/** Unseen characters by their numbers, so that nothing hides, and no line is turned round. */
export const seen = (text: string): string =>
  text.replace(
    UNSEEN,
    (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );

/** The first part of a text that is longer than `most`, with how long it is. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  // Not between the two halves of one character.
  const end = /[\ud800-\udbff]/.test(text.charAt(most - 1)) ? most - 1 : most;
  return `${text.slice(0, end)} … (cut: ${text.length} characters in all; the bundle has the whole)`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string =>
  seen(cut(text, MOST_CHARACTERS)).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

function markupOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Html) return content.markup;
  return typeof content === 'object' ? content.map(markupOf).join('') : escaped(String(content));
}

/** A template whose values are escaped: html`<p>${theirs}</p>`. Attribute values must stand in double quotes. */
export const html = (parts: TemplateStringsArray, ...contents: readonly Content[]): Html =>
  new Html(parts.map((part, index) => part + markupOf(contents[index])).join(''));

/** Other people's words inside a sentence of ours: kept together, so that text that runs from right to left turns nothing else round. */
export const theirs = (text: string | undefined, most = 600): Html =>
  html`<bdi class="theirs">${cut(text ?? 'not recorded', most)}</bdi>`;

/** Names, digests and code, which may break anywhere. */
export const code = (text: string | undefined): Html =>
  html`<code>${cut(text ?? 'not recorded', 2000)}</code>`;

/** Text in its own lines. It can be reached by keyboard, because it may have to scroll. */
export const block = (label: string, text: string): Html =>
  html`<pre tabindex="0" role="group" aria-label="${label}"><code>${text}</code></pre>`;

/** `5 leases`, `1 lease` */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;
