/** Servers beside the embedded AWS that functions may connect to; at first none. */
export class ReachableServers {
  readonly #addresses = new Set<string>();

  allow({ host, port }: { readonly host: string; readonly port: number }): void {
    this.#addresses.add(`${host}:${port}`);
  }

  has(host: unknown, port: unknown): boolean {
    return this.#addresses.has(`${String(host)}:${String(port)}`);
  }
}
