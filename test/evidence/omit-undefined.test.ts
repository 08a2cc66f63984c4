import { expect, it } from 'vitest';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';

it('leaves out what is undefined, and nothing else, in the order of the fields', () => {
  const fields = { b: 1, a: undefined, none: null, no: false, empty: '', zero: 0 };
  expect(JSON.stringify(omitUndefined(fields))).toBe('{"b":1,"none":null,"no":false,"empty":"","zero":0}');
  expect(Object.keys(omitUndefined(fields))).not.toContain('a');
});

it('makes optional what may be undefined, and keeps the rest', () => {
  const fields: { readonly sure: string; readonly maybe: number | undefined } = {
    sure: 'x',
    maybe: undefined,
  };
  const exact: { readonly sure: string; readonly maybe?: number } = { ...omitUndefined(fields) };
  expect(exact).toStrictEqual({ sure: 'x' });
});
