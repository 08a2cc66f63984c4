const MAX_LINES = 20;
const MAX_COLUMNS = 400;

/** The last lines that a program printed, for a message. */
export class OutputTail {
  readonly #lines: string[] = [];

  add(text: string): void {
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
    this.#lines.push(...lines.slice(-MAX_LINES).map((line) => line.slice(0, MAX_COLUMNS)));
    this.#lines.splice(0, this.#lines.length - MAX_LINES);
  }

  /** The lines, indented, as the continuation of a sentence; empty if nothing was printed. */
  text(): string {
    return this.#lines.length === 0
      ? ''
      : ` Its last lines:\n${this.#lines.map((line) => `  ${line}`).join('\n')}`;
  }
}
