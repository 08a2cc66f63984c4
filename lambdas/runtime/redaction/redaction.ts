import { redactJson, redactor } from '../../../core/secrets/redact.ts';

/**
 * Code that an earlier invocation left running may still log, so its values are remembered for this many
 * invocations.
 */
const REMEMBERED_INVOCATIONS = 4;

/** Remembers the secret values that one execution environment handed out, and redacts them. */
export class Redaction {
  #invocations: Set<string>[] = [new Set()];
  #redact: ((text: string) => string) | undefined;

  /**
   * Starts a new set of values for an invocation, and drops the oldest set, so a warm environment does not
   * slow down.
   */
  begin(): void {
    this.#invocations = [new Set<string>(), ...this.#invocations].slice(0, REMEMBERED_INVOCATIONS);
    this.#redact = undefined;
  }

  remember(...values: readonly string[]): void {
    for (const value of values) this.#invocations[0]?.add(value);
    this.#redact = undefined;
  }

  readonly text = (text: string): string => {
    this.#redact ??= redactor(this.#invocations.flatMap((values) => [...values]));
    return this.#redact(text);
  };

  json(value: unknown): unknown {
    return redactJson(value, this.text);
  }
}
