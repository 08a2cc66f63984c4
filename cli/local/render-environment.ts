import { shellWord } from '../shell-word.ts';

/** Lines for a shell to evaluate: `export NAME=value`. */
export const renderEnvironment = (environment: Readonly<Record<string, string>>): string =>
  Object.entries(environment)
    .map(([name, value]) => `export ${name}=${shellWord(value)}\n`)
    .join('');
