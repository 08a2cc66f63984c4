/** The servers outside the embedded AWS that functions may connect to; initially none. */
export class ReachableServers {
  readonly #addresses = new Set<string>();

  allow({ host, port }: { readonly host: string; readonly port: number }): void {
    this.#addresses.add(`${host}:${port}`);
  }

  has(host: unknown, port: unknown): boolean {
    return this.#addresses.has(`${String(host)}:${String(port)}`);
  }
}
