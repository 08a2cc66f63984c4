import { describe, expect, it } from 'vitest';
import { STYLE } from '../../../packages/evidence/report/style.ts';

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => parseInt(color.slice(at, at + 2), 16) / 255)
    .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

const palettes = [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map(
  ([, body = '']) =>
    new Map([...body.matchAll(/(--[a-z-]+): (#[0-9a-f]{6})/g)].map(([, name, color]) => [name, color])),
);

describe('the colors of the report', () => {
  it('are defined for light, dark and print', () => expect(palettes).toHaveLength(3));

  it.each(
    ['warn', 'bad', 'good', 'ink', 'link'].flatMap((color) =>
      ['page', 'card', 'warn-card', 'bad-card'].map((ground) => [color, ground] as const),
    ),
  )('%s can be read on %s: https://www.w3.org/TR/WCAG22/#contrast-minimum', (color, ground) => {
    for (const palette of palettes)
      expect(
        contrast(palette.get(`--${color}`) ?? '', palette.get(`--${ground}`) ?? ''),
      ).toBeGreaterThanOrEqual(4.5);
  });

  it('make calls outside the boundary amber, not red', () => {
    expect(STYLE).toContain('.alarm.caution { background: var(--warn-card); border-color: var(--warn); }');
  });
});
