import { crc32 } from 'node:zlib';

/** CRC-32C, reflected: https://reveng.sourceforge.io/crc-catalogue/all.htm#crc.cat.crc-32-iscsi */
const CASTAGNOLI = 0x82f63b78;

/**
 * CRC-64/NVME, reflected, in two halves:
 * https://reveng.sourceforge.io/crc-catalogue/all.htm#crc.cat.crc-64-nvme
 */
const NVME_HIGH = 0x9a6c9329;
const NVME_LOW = 0xac4bc9b5;

const table32c = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ CASTAGNOLI : crc >>> 1;
  return crc >>> 0;
});

/** The high and low halves of each byte's remainder. */
const [high64, low64] = makeTables64();

function makeTables64(): [Uint32Array, Uint32Array] {
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let [h, l] = [0, byte];
    for (let bit = 0; bit < 8; bit += 1) {
      const odd = l & 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) [h, l] = [h ^ NVME_HIGH, l ^ NVME_LOW];
    }
    high[byte] = h;
    low[byte] = l;
  }
  return [high, low];
}

const bigEndian = (...words: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => bytes.writeUInt32BE(word >>> 0, index * 4));
  return bytes;
};

export const crc32Of = (bytes: Uint8Array): Buffer => bigEndian(crc32(bytes));

export function crc32cOf(bytes: Uint8Array): Buffer {
  let crc = ~0;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table32c[(crc ^ byte) & 0xff] ?? 0);
  return bigEndian(~crc);
}

export function crc64NvmeOf(bytes: Uint8Array): Buffer {
  let [high, low] = [~0, ~0];
  for (let at = 0; at < bytes.length; at += 1) {
    const index = (low ^ (bytes[at] ?? 0)) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (low64[index] ?? 0);
    high = (high >>> 8) ^ (high64[index] ?? 0);
  }
  return bigEndian(~high, ~low);
}
