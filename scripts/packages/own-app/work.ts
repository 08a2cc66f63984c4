import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { defineWork } from 'taskbound/runtime';

const { ORDERS, ANSWERS } = process.env;

export const handler = defineWork(async (task) => {
  const orderId = String(task.parameters['orderId']);
  const read = new GetItemCommand({ TableName: ORDERS, Key: { orderId: { S: orderId } } });
  const { Item: order } = await task.client(DynamoDBClient).send(read);
  if (order === undefined) throw new Error(`There is no order ${orderId}.`);
  const Body = `${order['item']?.S ?? ''} is ${order['state']?.S ?? 'unknown'}\n`;
  const write = new PutObjectCommand({ Bucket: ANSWERS, Key: `answers/${orderId}.txt`, Body });
  await task.client(S3Client).send(write);
  return { answered: orderId };
});
