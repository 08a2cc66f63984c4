import { packageOf } from 'taskbound-evidence/command/version';

type Ranges = Readonly<Record<string, string>>;

/** The fields of Taskbound's `package.json` that commands use. */
export interface OwnPackage {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly dependencies?: Ranges;
  readonly peerDependencies?: Ranges;
  /** Only in a clone. */
  readonly devDependencies?: Ranges;
  /** Only in a published package: those of `devDependencies` that a new app uses. See `scripts/build/manifest.ts`. */
  readonly testedWith?: Ranges;
}

export const ownPackage = (): OwnPackage => packageOf<OwnPackage>(import.meta.url);
