import { createHash } from 'node:crypto';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Stack name and logical id. A name that is too long is cut and gets a hash of the whole, so that names stay
 * distinct.
 */
export function physicalName(stackName: string, logicalId: string, maxLength: number): string {
  const whole = `${stackName}-${logicalId}`;
  return whole.length <= maxLength ? whole : `${whole.slice(0, maxLength - 9)}-${hash(whole).slice(0, 8)}`;
}

/** A UUID derived from the text. */
export function uuidOf(text: string): string {
  const hex = hash(text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The URL of a function. Lambda's registry derives the same id from the function's ARN. */
export const functionUrl = (origin: string, functionArn: string): string =>
  `${origin}/lambda-url/${hash(functionArn).slice(0, 32)}/`;
