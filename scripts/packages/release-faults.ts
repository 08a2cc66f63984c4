/** What a release needs to know. */
export interface Release {
  readonly version: string;
  /** Every package's name and version. */
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly changelog: string;
  /** Where the sources are: npm compares it with the place that the provenance names. */
  readonly repository: string | undefined;
  /** Files that differ from the last commit, one line each. */
  readonly uncommitted: string;
}

/** Why these packages must not be published, one line each. */
export function releaseFaults({ version, packages, changelog, repository, uncommitted }: Release): string[] {
  const others = packages.filter((each) => each.version !== version);
  const heading = changelog.split('\n').find((line) => line.startsWith(`## ${version}`));
  return [
    ...others.map(
      (each) =>
        `${each.name} has the version ${each.version}, not ${version}. Give all packages one version.`,
    ),
    ...(heading === undefined ? [`CHANGELOG.md has no heading "## ${version}". Write what changed.`] : []),
    ...(heading !== undefined && !/\(\d{4}-\d{2}-\d{2}\)$/.test(heading)
      ? [`CHANGELOG.md has ${JSON.stringify(heading)}; a release has its date: "## ${version} (2026-12-01)".`]
      : []),
    ...(repository === undefined
      ? [
          'No repository was given. npm refuses a provenance without it: --repository git+https://HOST/OWNER/NAME.git',
        ]
      : []),
    ...(uncommitted === ''
      ? []
      : [`These files are not committed, and a provenance names a commit:\n${uncommitted}`]),
  ];
}
