import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, html, seen, theirs } from '../../../packages/evidence/report/html.ts';

describe('the template', () => {
  it('escapes every value, in text and in attributes', () => {
    expect(html`<p title="${`"'<&>`}">${`</p><script>alert(1)</script>`}</p>`.markup).toBe(
      '<p title="&quot;&#39;&lt;&amp;&gt;">&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;</p>',
    );
  });

  it('takes markup, lists and nothing as they are', () => {
    const contents = [1, html`<b>${'<'}</b>`, undefined, ['x']];
    expect(html`<p>${contents}</p>`.markup).toBe('<p>1<b>&lt;</b>x</p>');
  });

  it('lets no value through that could end a text or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const { markup } = html`${text}`;
        expect(markup).not.toMatch(/[<>"']/);
        expect(markup.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
      }),
    );
  });
});

describe('unseen characters', () => {
  it.each([
    ['a right-to-left override', '\u202e', '⟨U+202E⟩'],
    ['an isolate', '\u2066', '⟨U+2066⟩'],
    ['the Arabic letter mark', '\u061c', '⟨U+061C⟩'],
    ['a zero-width space', '\u200b', '⟨U+200B⟩'],
    ['a byte order mark', '\ufeff', '⟨U+FEFF⟩'],
    ['a no-break space', '\u00a0', '⟨U+00A0⟩'],
    ['an escape', '\u001b', '⟨U+001B⟩'],
    ['a null', '\u0000', '⟨U+0000⟩'],
    ['a carriage return', '\r', '⟨U+000D⟩'],
    ['a C1 control', '\u0085', '⟨U+0085⟩'],
    ['a tag', '\u{e0041}', '⟨U+E0041⟩'],
    ['a filler', '\u3164', '⟨U+3164⟩'],
    ['half of a pair', '\ud800', '⟨U+D800⟩'],
    ['a private character', '\ue000', '⟨U+E000⟩'],
    ['a line feed', 'a\nb', 'a\nb'],
    ['other scripts', 'Ünïcode 日本 שלום', 'Ünïcode 日本 שלום'],
  ])('%s', (_what, text, shown) => {
    expect(seen(text)).toBe(shown);
  });
});

describe('long texts', () => {
  it('are cut with a word about it, never inside a character', () => {
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abcd', 3)).toBe('abc … (shortened from 4 characters; the bundle contains the full text)');
    expect(cut('ab😀d', 3)).toMatch(/^ab … /);
  });

  it('are bounded wherever they are put', () => {
    expect(html`${'x'.repeat(5_000_000)}`.markup.length).toBeLessThan(21_000);
    expect(theirs('x'.repeat(5_000_000)).markup.length).toBeLessThan(1000);
  });
});
