/** A value in an XML response: text, a number, a structure, or a list. `undefined` omits the element. */
export type XmlValue = string | number | boolean | undefined | readonly XmlValue[] | XmlFields | XmlEntries;
export interface XmlFields {
  readonly [name: string]: XmlValue;
}

/** A map as the query protocol writes it: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#maps */
export class XmlEntries {
  readonly values: Readonly<Record<string, string>>;

  constructor(values: Readonly<Record<string, string>>) {
    this.values = values;
  }

  toXml(): string {
    return Object.entries(this.values)
      .map(([key, value]) => `<entry><key>${escape(key)}</key><value>${escape(value)}</value></entry>`)
      .join('');
  }
}

/**
 * How a protocol writes a list: one element with a `<member>` for each item
 * (https://smithy.io/2.0/aws/protocols/aws-query-protocol.html), or, like S3, the element once for each item.
 */
type Lists = 'members' | 'repeated';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/**
 * Control characters are written as numeric references, like S3 does, although XML 1.0 allows only a few of
 * them.
 */
const escape = (text: string): string =>
  text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    .replace(/[\u0000-\u001f\u007f]/g, (character) => `&#${character.charCodeAt(0)};`);

/** The fields as XML elements, in order. */
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

function content(value: string | number | boolean | XmlFields | XmlEntries, lists: Lists): string {
  if (value instanceof XmlEntries) return value.toXml();
  return typeof value === 'object' ? toXml(value, lists) : escape(String(value));
}

const isList = (value: XmlValue): value is readonly XmlValue[] => Array.isArray(value);
