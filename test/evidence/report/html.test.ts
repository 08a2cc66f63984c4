import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoted } from '../../../packages/evidence/display/visible.ts';
import { code, cut, html, jsonBlock, quote, shown, theirs } from '../../../packages/evidence/report/html.ts';
import { HOSTILE_VALUES } from '../display/hostile-values.ts';

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

describe('a text of others', () => {
  it.each(HOSTILE_VALUES)('with %s is made visible, wherever it is put', (_what, value, _like, shown) => {
    const text = shown.replaceAll('"', '&quot;');
    expect(html`<p title="${value}">${value}</p>`.markup).toBe(`<p title="${text}">${text}</p>`);
    expect(theirs(value).markup).toBe(`<bdi class="theirs">${text}</bdi>`);
    expect(quote(value).markup).toBe(
      `<bdi class="theirs">&quot;${shown.replaceAll('"', '\\&quot;')}&quot;</bdi>`,
    );
    expect(code(value).markup).toBe(`<code>${text}</code>`);
    expect(jsonBlock('label', [value]).markup).toContain(shown.replaceAll('"', '\\&quot;'));
  });

  it('that was made visible already is not changed again', () => {
    expect(shown(quoted('<\u00a0>')).markup).toBe('&quot;&lt;\\u{a0}&gt;&quot;');
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
