import { toXml, type XmlFields } from '../gateway/wire/xml.ts';

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

export const xmlDocument = (root: string, fields: XmlFields): Buffer =>
  Buffer.from(`${DECLARATION}\n<${root} xmlns="${NAMESPACE}">${toXml(fields, 'repeated')}</${root}>`);

/** An error document has no namespace. */
export const errorDocument = (fields: XmlFields): Buffer =>
  Buffer.from(`${DECLARATION}\n<Error>${toXml(fields, 'repeated')}</Error>`);
