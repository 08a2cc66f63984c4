import { createHash } from 'node:crypto';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Stack name and logical id; too long a name keeps its beginning and ends in a hash of the whole, so that two never meet. */
export function physicalName(stackName: string, logicalId: string, most: number): string {
  const whole = `${stackName}-${logicalId}`;
  return whole.length <= most ? whole : `${whole.slice(0, most - 9)}-${hash(whole).slice(0, 8)}`;
}

/** A UUID that the text determines. */
export function uuidOf(text: string): string {
  const hex = hash(text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Where a function's URL lies: Lambda's own registry derives the same id from the function's ARN. */
export const functionUrl = (origin: string, functionArn: string): string =>
  `${origin}/lambda-url/${hash(functionArn).slice(0, 32)}/`;
