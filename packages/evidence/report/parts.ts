import { html, type Content, type Html } from './html.ts';

/** How good a result is. Color is never the only signal: each tone has a sign, and words beside it. */
export type Tone = 'good' | 'warn' | 'bad' | 'plain';

const SIGNS: Readonly<Record<Tone, Html>> = { good: html`✓`, warn: html`!`, bad: html`✕`, plain: html`·` };

export const badge = (tone: Tone, words: Content): Html =>
  html`<span class="badge ${tone}"
    ><span class="sign" aria-hidden="true">${SIGNS[tone]}</span> ${words}</span
  >`;

/** A part of the page with a heading and an entry in the table of contents. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

export const section = ({ id, title, body }: Section): Html =>
  html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section>`;

/** A list of names and values. A row without content is left out. */
export const facts = (rows: readonly (readonly [Content, Content])[]): Html =>
  html`<dl class="facts">
    ${rows.map(([name, content]) =>
      content === undefined
        ? undefined
        : html`<div>
            <dt>${name}</dt>
            <dd>${content}</dd>
          </div>`,
    )}
  </dl>`;

/** A table with a caption. The first cell of a row names the row. Wide tables scroll in a region that the keyboard can reach. */
export function table(
  caption: Content,
  heads: readonly string[],
  rows: readonly (readonly Content[])[],
): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell, index) =>
                index === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A name that must not be broken over two lines. */
export const whole = (content: Content): Html => html`<span class="whole">${content}</span>`;

export const list = (items: readonly Content[]): Html =>
  html`<ul>
    ${items.map((item) => html`<li>${item}</li>`)}
  </ul>`;

export const details = (summary: Content, body: Content): Html =>
  html`<details>
    <summary>${summary}</summary>
    ${body}
  </details>`;

/** At most `limit` items, and how many are left out: a hostile file may contain any number. */
export function bounded<T>(
  items: readonly T[],
  limit: number,
): { shown: readonly T[]; rest: Html | undefined } {
  const left = items.length - limit;
  return {
    shown: items.slice(0, limit),
    rest:
      left > 0
        ? html`<p class="muted">${left} more are not shown here; the file contains them.</p>`
        : undefined,
  };
}
