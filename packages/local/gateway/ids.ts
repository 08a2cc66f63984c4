import { createHmac } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ALPHANUMERIC = `${LETTERS}0123456789`;

/** Identifiers and secrets drawn from a seed and a counter: the same seed and the same calls give the same bytes, so a simulation repeats. */
export class IdSource {
  readonly #seed: string;
  #drawn: number;

  constructor(seed: string, drawn = 0) {
    this.#seed = seed;
    this.#drawn = drawn;
  }

  /** How many values were drawn: kept in a snapshot, so that a restart never repeats one. */
  get drawn(): number {
    return this.#drawn;
  }

  resume(drawn: number): void {
    this.#drawn = Math.max(this.#drawn, drawn);
  }

  /** 64 bytes nobody can predict without the seed. */
  bytes(): Buffer {
    return createHmac('sha512', this.#seed).update(String(this.#drawn++)).digest();
  }

  /** A UUID of version 4's form. */
  uuid(): string {
    const bytes = this.bytes();
    const hex = bytes.toString('hex');
    const variant = '89ab'.charAt(bytes.readUInt8(63) % 4);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  /** `ASIA` + 16 characters, `AROA` + 17: IAM's unique ids. */
  uniqueId(prefix: string, length: number): string {
    return prefix + this.#spell(BASE32, length);
  }

  /** A secret access key: 40 characters. */
  secretKey(): string {
    return this.#spell(ALPHANUMERIC, 40);
  }

  /** The six characters behind a secret's name in its ARN. */
  suffix(): string {
    return this.#spell(LETTERS, 6);
  }

  #spell(alphabet: string, length: number): string {
    return Array.from(this.bytes().subarray(0, length), (byte) =>
      alphabet.charAt(byte % alphabet.length),
    ).join('');
  }
}
