import { createHmac } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ALPHANUMERIC = `${LETTERS}0123456789`;

/**
 * Ids and secrets derived from a seed and a counter. Same seed and same calls give the same bytes, so
 * simulations repeat.
 */
export class IdSource {
  readonly #seed: string;
  #drawn: number;

  constructor(seed: string, drawn = 0) {
    this.#seed = seed;
    this.#drawn = drawn;
  }

  /** The number of values drawn. A snapshot stores it, so that a restart never repeats a value. */
  get drawn(): number {
    return this.#drawn;
  }

  resume(drawn: number): void {
    this.#drawn = Math.max(this.#drawn, drawn);
  }

  /** 64 bytes that cannot be predicted without the seed. */
  bytes(): Buffer {
    return createHmac('sha512', this.#seed).update(String(this.#drawn++)).digest();
  }

  /** A UUID in the format of version 4. */
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

  /** The six random characters at the end of a secret's ARN. */
  suffix(): string {
    return this.#spell(LETTERS, 6);
  }

  #spell(alphabet: string, length: number): string {
    return Array.from(this.bytes().subarray(0, length), (byte) =>
      alphabet.charAt(byte % alphabet.length),
    ).join('');
  }
}
