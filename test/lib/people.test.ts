import { App, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { DeclarationError } from '../../core/errors.ts';
import { checkApproval } from '../../lib/declaration.ts';
import { Approval, BoundedTask, personalPrincipal, TaskBoundary, Tool, Work } from '../../lib/index.ts';

const required = Approval.required({ quorum: 2, expiresAfter: Duration.hours(1) });

function typeWithApproval() {
  const stack = new Stack(new App(), 'Test');
  const work = Work.entry(new URL('../fixtures/work/raw.ts', import.meta.url), {
    timeout: Duration.seconds(10),
  });
  const type = new BoundedTask(stack, 'Approved', {
    boundary: new TaskBoundary(stack, 'Boundary'),
    type: 'approved',
    tools: { read: Tool.allow('s3:GetObject').on(new s3.Bucket(stack, 'Bucket').arnForObjects('a')) },
    work,
    approval: required,
  });
  const role = (id: string, assumedBy: iam.IPrincipal) => new iam.Role(stack, id, { assumedBy });
  return { stack, type, role, faults: () => type.node.validate() };
}

describe('a type with approvals', () => {
  it('has personal requesters and approvers', () => {
    const { type, role, faults } = typeWithApproval();
    type.grantSubmit(role('Requesters', personalPrincipal()), { personal: true });
    type.grantDecide(role('Approvers', personalPrincipal()), { personal: true });
    expect(faults()).toEqual([]);
  });

  it('is refused where a session may have any name', () => {
    const { type, role, faults } = typeWithApproval();
    type.grantSubmit(role('Requesters', new iam.AccountRootPrincipal()));
    type.grantDecide(role('Approvers', new iam.AccountRootPrincipal()));
    expect(faults()).toEqual([
      expect.stringMatching(
        /a role that may submit is not personal.*grantSubmit\(role, \{ personal: true \}\)/,
      ),
      expect.stringMatching(
        /a role that may decide is not personal.*grantDecide\(role, \{ personal: true \}\)/,
      ),
    ]);
  });

  it('is refused where nobody may decide', () => {
    const { type, role, faults } = typeWithApproval();
    type.grantSubmit(role('Requesters', personalPrincipal()), { personal: true });
    expect(faults()).toEqual([expect.stringMatching(/needs 2 approvals, but nobody may decide/)]);
  });
});

describe('a personal role', () => {
  it('of this app must pin its sessions’ names', () => {
    const { type, role } = typeWithApproval();
    expect(() => type.grantSubmit(role('Open', new iam.AccountRootPrincipal()), { personal: true })).toThrow(
      /Role Test\/Open is declared personal, but its trust lets the caller choose the session's name/,
    );
  });

  it('that was imported is its owner’s word', () => {
    const { stack, type } = typeWithApproval();
    const arn =
      'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef';
    expect(() => type.grantEnd(iam.Role.fromRoleArn(stack, 'Sso', arn), { personal: true })).not.toThrow();
  });

  it('is a role, not a user', () => {
    const { stack, type } = typeWithApproval();
    expect(() => type.grantDecide(new iam.User(stack, 'User'))).toThrow(DeclarationError);
  });
});

it.each<[string, Parameters<typeof checkApproval>[1], RegExp]>([
  ['emergencies that have nothing to skip', { emergency: true }, /allows emergencies, but needs no approval/],
  ['a quorum of nobody', { approval: { ...required, quorum: 0 } }, /quorum of 1 to 10/],
  ['a quorum of a crowd', { approval: { ...required, quorum: 11 } }, /quorum of 1 to 10/],
  ['no time to approve', { approval: { ...required, expiresAfterSeconds: 59 } }, /60 seconds or more/],
])('refuses %s', (_what, props, message) => {
  expect(() => checkApproval('approved', props)).toThrow(message);
});
