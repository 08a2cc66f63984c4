import { ACCOUNT_ID, REGION } from '../gateway/account-and-region.ts';

/** `aws://123456789012/us-east-1`, or `aws://unknown-account/unknown-region` */
const ENVIRONMENT = /^aws:\/\/(\d{12}|unknown-account)\/([a-z0-9-]+)$/;

/**
 * The text of a template, for the account and region of the embedded AWS. A stack with an explicit environment names its account and region in ARNs,
 * names and URLs; here they are replaced. `environment`: that of the stack in the manifest.
 */
export function atHome(text: string, environment: string | undefined): string {
  const [, account, region] = ENVIRONMENT.exec(environment ?? '') ?? [];
  let result = text;
  if (account !== undefined && account !== 'unknown-account')
    result = replaceWord(result, account, ACCOUNT_ID);
  if (region !== undefined && region !== 'unknown-region') result = replaceWord(result, region, REGION);
  return result;
}

/** Replaces a word that is not a part of a longer one, such as a hash that contains the digits of an account. */
const replaceWord = (text: string, word: string, by: string): string =>
  text.replace(new RegExp(`(?<![0-9A-Za-z])${word}(?![0-9A-Za-z])`, 'g'), by);
