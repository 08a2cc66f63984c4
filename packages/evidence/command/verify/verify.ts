import { verifyBundle, wrongBundle, type Verification } from '../../signature/verify.ts';
import { readBundleFile } from '../bundle.ts';
import { readKeyFile } from '../key-file.ts';
import { EXIT } from '../exit-codes.ts';
import type { CommandIo } from '../io.ts';
import { printJson } from '../print.ts';
import { renderVerification } from './render-verification.ts';

export interface VerifyOptions {
  /** PEM file of the key that the caller trusts. */
  readonly key?: string;
  readonly json?: boolean;
}

const EXIT_OF = { verified: EXIT.done, consistent: EXIT.undetermined, wrong: EXIT.failed } as const;

/** Checks a bundle's chain and signature offline, with only the file and the pinned key. */
export async function verify(path: string, options: VerifyOptions, io: CommandIo): Promise<number> {
  const pinned = options.key === undefined ? undefined : await readKeyFile(options.key, io.cwd);
  const file = await readBundleFile(path, io.cwd);
  const verification: Verification =
    'fault' in file ? wrongBundle(file.fault) : verifyBundle(file.value, pinned);
  if (options.json === true) printJson(io, verification);
  else io.out(renderVerification(verification));
  return EXIT_OF[verification.verdict];
}
