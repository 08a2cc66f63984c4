/**
 * Markup. Every value in a template is escaped as text, unless it is an `Html` already: text of others cannot get into a page unescaped. The
 * pages are XML as well, so any XML parser can check that one is well-formed.
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

/**
 * Control, format (bidirectional and zero-width ones among them), private, surrogate and unassigned characters, separators and fillers that
 * show nothing, and tags; not the line feed and the ordinary space.
 */
const UNSEEN =
  /(?![\n ])[\p{C}\p{Z}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]/gu;

/** Invisible characters are shown by their numbers: nothing is hidden, and no text changes its direction. */
export const seen = (text: string): string =>
  text.replace(
    UNSEEN,
    (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );

/** The first `limit` characters of a longer text, and how long it is. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Not inside a surrogate pair.
  const end = /[\ud800-\udbff]/.test(text.charAt(limit - 1)) ? limit - 1 : limit;
  return `${text.slice(0, end)} … (shortened from ${text.length} characters; the bundle contains the full text)`;
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

/** A template whose values are escaped: html`<p>${theirs}</p>`. Attribute values must be in double quotes. */
export const html = (parts: TemplateStringsArray, ...contents: readonly Content[]): Html =>
  new Html(parts.map((part, index) => part + markupOf(contents[index])).join(''));

/** Text from the record inside one of the report's sentences. It is isolated, so text that runs from right to left does not reorder the sentence. */
export const theirs = (text: string | undefined, limit = 600): Html =>
  html`<bdi class="theirs">${cut(text ?? 'not recorded', limit)}</bdi>`;

/** Names, digests and code, which may break anywhere. */
export const code = (text: string | undefined): Html =>
  html`<code>${cut(text ?? 'not recorded', 2000)}</code>`;

/** Text in lines of its own. The keyboard can reach it, because it may scroll. */
export const block = (label: string, text: string): Html =>
  html`<pre tabindex="0" role="group" aria-label="${label}"><code>${text}</code></pre>`;

/** `5 leases`, `1 lease` */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;
