const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Control characters go as numbers, as S3 sends them, although XML 1.0 has no place for most. */
const escape = (text: string): string =>
  text
    .replace(/[&<>"']/g, (character) => entities[character] ?? character)
    .replace(/[\u0000-\u001f\u007f]/g, (character) => `&#${character.charCodeAt(0)};`);

export type XmlValue = string | number | boolean | undefined | XmlFields | readonly XmlValue[];
export interface XmlFields {
  readonly [name: string]: XmlValue;
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join('');
  return `<${name}>${typeof value === 'object' ? fields(value) : escape(String(value))}</${name}>`;
}

const fields = (value: object): string =>
  Object.entries(value)
    .map(([name, item]) => element(name, item))
    .join('');

/** One document: `undefined` fields are left out, arrays repeat their element. */
export const xmlDocument = (root: string, value: XmlFields): Buffer =>
  Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${fields(value)}</${root}>`,
  );

export const errorDocument = (value: XmlFields): Buffer =>
  Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${element('Error', value)}`);
