import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NODE_VERSIONS, nodeFault } from 'taskbound-evidence/command/node-version';

const engines = (folder: string): unknown =>
  (
    JSON.parse(readFileSync(new URL(`../../../${folder}package.json`, import.meta.url), 'utf8')) as {
      engines: { node: string };
    }
  ).engines.node;

describe('the version of Node.js', () => {
  it.each(['22.18.0', '22.23.3', '24.0.0', '24.21.0', '26.1.0'])('%s is supported', (version) => {
    expect(nodeFault(version)).toBeUndefined();
  });

  it.each(['18.20.0', '20.20.2', '22.17.9', '23.11.0'])(
    '%s is not, and the message names the next step',
    (version) => {
      expect(nodeFault(version)).toBe(
        `Taskbound needs Node.js ^22.18.0 || >=24.0.0, and this is ${version}. Install a newer one, such as 24.`,
      );
    },
  );

  it.each(['', 'packages/iam/', 'packages/time/', 'packages/evidence/', 'packages/local/'])(
    'is the same in the engines of "%s"package.json',
    (folder) => {
      expect(engines(folder)).toBe(NODE_VERSIONS);
    },
  );
});
