import { html, type Content, type Html } from './html.ts';

/** How good something is. Never told by colour alone: each has a sign, and the words beside it. */
export type Tone = 'good' | 'warn' | 'bad' | 'plain';

const SIGNS: Readonly<Record<Tone, string>> = { good: '✓', warn: '!', bad: '✕', plain: '·' };

export const badge = (tone: Tone, words: Content): Html =>
  html`<span class="badge ${tone}"
    ><span class="sign" aria-hidden="true">${SIGNS[tone]}</span> ${words}</span
  >`;

/** A part of the page, with a heading of its own and a place in the contents. */
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

/** Names and what they are; a row whose content is undefined is left out. */
export const facts = (rows: readonly (readonly [string, Content])[]): Html =>
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

/** A table with a caption. The first cell of a row names the row. Wide ones scroll in a region that the keyboard reaches. */
export function table(
  caption: string,
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

/** A name that is better scrolled to than broken. */
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

/** At most `most` of something that a hostile file may hold without end, and a word about the rest. */
export function bounded<T>(
  items: readonly T[],
  most: number,
): { shown: readonly T[]; rest: Html | undefined } {
  const left = items.length - most;
  return {
    shown: items.slice(0, most),
    rest:
      left > 0 ? html`<p class="muted">${left} more are not shown here; the file has them.</p>` : undefined,
  };
}
