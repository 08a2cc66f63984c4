import { Duration } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { BoundedTask, Parameter, Tool, Work, type TaskBoundary } from '../../lib/index.ts';

/** What customers wrote, and what was answered: one item a case in each. */
export interface CaseTables {
  readonly cases: dynamodb.Table;
  readonly replies: dynamodb.Table;
}

export function caseTables(scope: Construct): CaseTables {
  const table = (id: string) =>
    new dynamodb.Table(scope, id, {
      partitionKey: { name: 'caseId', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
  return { cases: table('Cases'), replies: table('Replies') };
}

/** Declared before the boundary, so that one esbuild call builds all. */
export const caseWork = ({ cases, replies }: CaseTables): Work =>
  Work.entry(new URL('../work/case-response/index.ts', import.meta.url), {
    timeout: Duration.seconds(60),
    environment: { CASES_TABLE: cases.tableName, REPLIES_TABLE: replies.tableName },
  });

interface CaseProps extends CaseTables {
  readonly boundary: TaskBoundary;
  readonly work: Work;
}

/**
 * An assistant reads one case and writes one reply to it, whatever the case tells it to do. That there is one reply only is the code's
 * condition on its put: IAM has no key for it.
 */
export const caseTask = (scope: Construct, { boundary, cases, replies, work }: CaseProps): BoundedTask =>
  new BoundedTask(scope, 'CaseResponse', {
    boundary,
    type: 'case-response',
    parameters: { caseId: Parameter.token() },
    tools: {
      readCase: Tool.readItem(cases, '{caseId}'),
      writeReply: Tool.putItem(replies, '{caseId}'),
    },
    work,
    stateTimeout: Duration.seconds(75),
    lease: Duration.seconds(120),
  });
