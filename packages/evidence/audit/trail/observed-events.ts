/** Which files prove what a trail logs, and from which time on. */
export interface ProvingFiles {
  /** Undefined: all files, because there are no digests. */
  readonly files: ReadonlySet<string> | undefined;
  readonly fromSecond: number;
}

/**
 * Records which files contain which kind of event, and until when. Whether a file proves anything is known
 * only after all files were read.
 */
export class ObservedEvents {
  /** The time of the last record, by kind of event and then by file. */
  readonly #seconds = new Map<string, Map<string, number>>();

  add(kind: string, file: string, second: number): void {
    const byFile = this.#seconds.get(kind) ?? new Map<string, number>();
    this.#seconds.set(kind, byFile);
    byFile.set(file, Math.max(byFile.get(file) ?? second, second));
  }

  /** Whether any file contains such an event. */
  isSeen(kind: string): boolean {
    return this.#seconds.has(kind);
  }

  isProven(kind: string, { files, fromSecond }: ProvingFiles): boolean {
    const byFile = this.#seconds.get(kind) ?? new Map<string, number>();
    return [...byFile].some(
      ([file, second]) => (files === undefined || files.has(file)) && second >= fromSecond,
    );
  }
}
