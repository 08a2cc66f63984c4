import { redactJson, redactor } from '../../core/secrets/redact.ts';

/** What an earlier invocation left running may still log: its values are known for so many invocations more. */
const REMEMBERED_INVOCATIONS = 4;

/** The values that one execution environment handed out, and a text without them. */
export class Redaction {
  #invocations: Set<string>[] = [new Set()];
  #redact: ((text: string) => string) | undefined;

  /** The values of a new invocation go into a new set; the oldest set is dropped, so that a warm environment does not slow down. */
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
