/** Files that prove something, and from when on. */
export interface Proving {
  /** Undefined: all files, because nothing tells them apart. */
  readonly files: ReadonlySet<string> | undefined;
  readonly fromSecond: number;
}

/** Which files show what, and until when: whether a file proves anything is known only after all of them were read. */
export class Shown {
  /** Seconds of the last record, by what it shows and then by file. */
  readonly #seconds = new Map<string, Map<string, number>>();

  add(what: string, file: string, second: number): void {
    const byFile = this.#seconds.get(what) ?? new Map<string, number>();
    this.#seconds.set(what, byFile);
    byFile.set(file, Math.max(byFile.get(file) ?? second, second));
  }

  /** In any file, whatever it proves. */
  isSeen(what: string): boolean {
    return this.#seconds.has(what);
  }

  isProven(what: string, { files, fromSecond }: Proving): boolean {
    const byFile = this.#seconds.get(what) ?? new Map<string, number>();
    return [...byFile].some(
      ([file, second]) => (files === undefined || files.has(file)) && second >= fromSecond,
    );
  }
}
