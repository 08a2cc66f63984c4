import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { STAGED, TARBALLS, type Published } from '../build/published.ts';
import { packResult } from './pack-result.ts';

/** A packed package. */
export interface Tarball {
  readonly name: string;
  readonly path: string;
  /** Bytes of the tarball, and of its files. */
  readonly packedBytes: number;
  readonly installedBytes: number;
  readonly files: readonly string[];
}

/** Packs every built package, as `npm publish` would. */
export function pack(packages: readonly Published[]): Tarball[] {
  rmSync(TARBALLS, { recursive: true, force: true });
  mkdirSync(TARBALLS, { recursive: true });
  return packages.map(({ manifest: { name } }) => {
    const args = ['pack', '--json', '--pack-destination', TARBALLS];
    const printed = execFileSync('npm', args, { cwd: join(STAGED, name), encoding: 'utf8' });
    const { filename, size, unpackedSize, files } = packResult(printed, name);
    return {
      name,
      path: join(TARBALLS, filename),
      packedBytes: size,
      installedBytes: unpackedSize,
      files: files.map(({ path }) => path),
    };
  });
}
