import { Duration } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { BoundedTask, Isolation, Tool, Work, type ITaskBoundary } from '../../lib/index.ts';
import { caseParameters } from '../work/case-response/parameters.ts';

/** The customers' cases and the replies to them: each table has one item for each case. */
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

/** Declared before the boundary, so that a single esbuild call builds all functions. */
export const caseWork = ({ cases, replies }: CaseTables): Work =>
  Work.entry(new URL('../work/case-response/index.ts', import.meta.url), {
    timeout: Duration.seconds(60),
    environment: { CASES_TABLE: cases.tableName, REPLIES_TABLE: replies.tableName },
  });

interface CaseProps extends CaseTables {
  readonly boundary: ITaskBoundary;
  readonly work: Work;
}

/**
 * An assistant reads one case and writes one reply to it. It can do nothing else, even if the text of the case asks it to. The work
 * function prevents a second reply with a condition on its put, because IAM has no condition key for that.
 */
export const caseTask = (scope: Construct, { boundary, cases, replies, work }: CaseProps): BoundedTask =>
  new BoundedTask(scope, 'CaseResponse', {
    boundary,
    type: 'case-response',
    parameters: caseParameters,
    tools: {
      readCase: Tool.readItem(cases, '{caseId}'),
      writeReply: Tool.putItem(replies, '{caseId}'),
    },
    work,
    // The assistant reads text that customers write: what it leaves behind in an environment must not reach another task.
    isolation: Isolation.perTask(),
    stateTimeout: Duration.seconds(75),
    lease: Duration.seconds(120),
  });
