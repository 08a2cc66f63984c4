import { Stack, type App } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DeclarationError } from '../../core/shared/errors.ts';
import { permit } from '../../lib/functions/permission.ts';
import { synthesize } from '../../sample/synthesize.ts';

const outdir = mkdtempSync(join(tmpdir(), 'synthesize-test-'));
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

const withRole = (change: (role: iam.Role) => void) => (app: App) => {
  const stack = new Stack(app, 'Open');
  change(new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }));
  return stack;
};
const anyTable = { sid: 'ReadTables', actions: ['dynamodb:GetItem'], resources: ['*'] };

describe('synthesis', () => {
  it('writes the sample’s assembly and nothing to standard output', () => {
    const printed = vi.spyOn(process.stdout, 'write');
    expect(synthesize({ outdir })).toEqual({ directory: outdir, stackName: 'Taskbound' });
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
    for (const file of ['manifest.json', 'Taskbound.template.json', 'Taskbound.assets.json'])
      expect(existsSync(join(outdir, file))).toBe(true);
  });

  it('fails for a finding of cdk-nag without an acknowledgment', () => {
    const silent = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const declare = withRole((role) =>
      role.addToPolicy(new iam.PolicyStatement({ actions: ['dynamodb:GetItem'], resources: ['*'] })),
    );
    expect(() => synthesize({ outdir, declare })).toThrow(/[Vv]alidation/);
    silent.mockRestore();
  });

  it('accepts an open resource with a reason', () => {
    const declare = withRole((role) => permit(role, [{ ...anyTable, openBecause: 'A test.' }]));
    expect(synthesize({ outdir, declare }).stackName).toBe('Open');
  });

  it('refuses an open resource without a reason', () => {
    expect(() => synthesize({ outdir, declare: withRole((role) => permit(role, [anyTable])) })).toThrow(
      DeclarationError,
    );
  });
});
