/** A value of an XML answer: text, a number, a structure, or a list. `undefined` leaves the element out. */
export type XmlValue = string | number | boolean | undefined | readonly XmlValue[] | XmlFields;
export interface XmlFields {
  readonly [name: string]: XmlValue;
}

/**
 * How a protocol writes a list: each item as a `<member>` of the list's element
 * (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html), or the list's element once for each item, as S3 does.
 */
type Lists = 'members' | 'repeated';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Control characters go as numbers, as S3 sends them, although XML 1.0 has no place for most. */
const escape = (text: string): string =>
  text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    .replace(/[\u0000-\u001f\u007f]/g, (character) => `&#${character.charCodeAt(0)};`);

/** The elements of some fields, in their order. */
export const toXml = (fields: XmlFields, lists: Lists): string =>
  Object.entries(fields)
    .map(([name, value]) => element(name, value, lists))
    .join('');

function element(name: string, value: XmlValue, lists: Lists): string {
  if (value === undefined) return '';
  if (!isList(value)) return `<${name}>${content(value, lists)}</${name}>`;
  if (lists === 'repeated') return value.map((item) => element(name, item, lists)).join('');
  return `<${name}>${value.map((item) => element('member', item, lists)).join('')}</${name}>`;
}

const content = (value: string | number | boolean | XmlFields, lists: Lists): string =>
  typeof value === 'object' ? toXml(value, lists) : escape(String(value));

const isList = (value: XmlValue): value is readonly XmlValue[] => Array.isArray(value);
