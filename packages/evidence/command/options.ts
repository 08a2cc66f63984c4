import { InvalidArgumentError } from 'commander';

/**
 * Receives the exit code that a command will return. A command's module is loaded only when it runs: `--help`
 * and `show BUNDLE` need neither the SDK nor the CDK.
 */
export type ExitWith = (outcome: Promise<number>) => Promise<void>;

/** A whole number from `min` to `max`. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      `${JSON.stringify(text)} was given; allowed: a whole number from ${min} to ${max}.`,
    );
  };

export const seconds = (text: string): number => {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value <= 3600) return value;
  throw new InvalidArgumentError(`${JSON.stringify(text)} was given; allowed: 0 to 3600 seconds.`);
};
