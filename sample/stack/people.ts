import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { personalPrincipal, type BoundedTask, type ITaskBoundary } from '../../lib/index.ts';

/** The roles of the people who use the sample. Each session name is one person: `--as alice@Approvers`. */
export function samplePeople(scope: Construct, boundary: ITaskBoundary, types: readonly BoundedTask[]): void {
  const role = (id: string, description: string) =>
    new iam.Role(scope, id, { description, assumedBy: personalPrincipal() });
  const requesters = role('Requesters', 'Submits tasks, ends them, and reads their outcome.');
  const approvers = role('Approvers', 'Approves tasks of others, ends them, and reads their outcome.');
  for (const type of types) {
    type.grantSubmit(requesters, { personal: true });
    type.grantDecide(approvers, { personal: true });
    for (const people of [requesters, approvers]) {
      type.grantEnd(people, { personal: true });
      type.grantRead(people);
    }
  }

  const operators = new iam.Role(scope, 'Operators', {
    description: 'Lists and finds the tasks of all types, and drains the stack before it is deleted.',
    assumedBy: new iam.AccountRootPrincipal(),
  });
  boundary.grantRead(operators);
  boundary.grantDrain(operators);
}
