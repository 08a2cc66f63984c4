import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { BoundedTask, TaskBoundary, Tool, Work } from 'taskbound';
import { parameters } from './answer-case/parameters.ts';

/** Support cases in a table, answers in a bucket, and one task type: a task answers one case. */
export class SupportStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const cases = new dynamodb.Table(this, 'CasesTable', {
      partitionKey: { name: 'caseId', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    });
    const answers = new s3.Bucket(this, 'AnswersBucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
    });
    const work = Work.entry(new URL('answer-case/handler.ts', import.meta.url), {
      timeout: Duration.seconds(30),
      environment: { CASES_TABLE: cases.tableName, ANSWERS_BUCKET: answers.bucketName },
    });

    const boundary = new TaskBoundary(this, 'Boundary'); // one for each stack
    const answerCase = new BoundedTask(this, 'AnswerCase', {
      boundary,
      type: 'answer-case',
      parameters,
      // All that a task may do. {caseId} is the value in its request, so a task can reach no other case.
      tools: {
        readCase: Tool.readItem(cases, '{caseId}'),
        writeAnswer: Tool.allow('s3:PutObject').on(answers.arnForObjects('{caseId}.txt')),
      },
      work,
    });

    // Who may submit tasks and read their evidence: here, everyone in the account who may assume this role.
    const requesters = new iam.Role(this, 'Requesters', { assumedBy: new iam.AccountRootPrincipal() });
    answerCase.grantSubmit(requesters);
    answerCase.grantRead(requesters);
    boundary.grantRead(requesters);

    // The names under which a local run loads and dumps the data of the table and of the bucket.
    new CfnOutput(this, 'cases', { value: cases.tableName });
    new CfnOutput(this, 'answers', { value: answers.bucketName });
  }
}
