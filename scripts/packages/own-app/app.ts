import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { BoundedTask, Parameter, TaskBoundary, Tool, Work } from 'taskbound';

/** An app as a team has it before it installs Taskbound: its data are in a stack of their own, beside a VPC and a bucket that empties itself. */
const app = new App();
const data = new Stack(app, 'ShopData');
new ec2.Vpc(data, 'Network', { maxAzs: 2 });
const answers = new s3.Bucket(data, 'Answers', {
  removalPolicy: RemovalPolicy.DESTROY,
  autoDeleteObjects: true,
  encryption: s3.BucketEncryption.S3_MANAGED,
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
});
const orders = new dynamodb.Table(data, 'Orders', {
  partitionKey: { name: 'orderId', type: dynamodb.AttributeType.STRING },
  billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
  removalPolicy: RemovalPolicy.DESTROY,
});

const tasks = new Stack(app, 'ShopTasks');
const boundary = new TaskBoundary(tasks, 'Boundary', { removalPolicy: RemovalPolicy.DESTROY });
const answer = new BoundedTask(tasks, 'AnswerOrder', {
  boundary,
  type: 'answer-order',
  parameters: { orderId: Parameter.token() },
  tools: {
    readOrder: Tool.readItem(orders, '{orderId}'),
    writeAnswer: Tool.allow('s3:PutObject').on(answers.arnForObjects('answers/{orderId}.txt')),
  },
  work: Work.entry(new URL('work.ts', import.meta.url), {
    environment: { ORDERS: orders.tableName, ANSWERS: answers.bucketName },
  }),
});
const requesters = new iam.Role(tasks, 'Requesters', { assumedBy: new iam.AccountRootPrincipal() });
answer.grantSubmit(requesters);
answer.grantRead(requesters);
boundary.grantRead(requesters);
new CfnOutput(tasks, 'OrdersTable', { value: orders.tableName });
