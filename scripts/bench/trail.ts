import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The size of a file before compression. CloudTrail starts a new file after about five minutes, or after a number of records. */
const FILE_BYTES = 5_000_000;
const SOURCES = [
  ['s3', 'GetObject', 'Data'],
  ['s3', 'PutObject', 'Data'],
  ['dynamodb', 'GetItem', 'Data'],
  ['secretsmanager', 'GetSecretValue', 'Management'],
  ['sts', 'AssumeRole', 'Management'],
  ['kms', 'Decrypt', 'Management'],
  ['lambda', 'Invoke', 'Data'],
] as const;

/** Ids and keys that differ in each record, so that gzip compresses the records no better than those of a real trail. */
const pseudorandomHex = (cause: string): string => createHash('sha256').update(cause).digest('hex');

/** The record of a call of another session, with the fields that CloudTrail writes. */
function recordOfOtherSession(index: number, eventTime: string): object {
  const [service = 's3', eventName = 'GetObject', eventCategory = 'Data'] =
    SOURCES[index % SOURCES.length] ?? [];
  const role = `Service${index % 400}`;
  const session = pseudorandomHex(`session ${Math.floor(index / 50)}`);
  const key = `data/${index % 31}/${pseudorandomHex(`key ${index}`)}`;
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROA${pseudorandomHex(role).slice(0, 17).toUpperCase()}:${session.slice(0, 32)}`,
      arn: `arn:aws:sts::111122223333:assumed-role/${role}/${session.slice(0, 32)}`,
      accountId: '111122223333',
      accessKeyId: `ASIA${session.slice(0, 16).toUpperCase()}`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: `AROA${pseudorandomHex(role).slice(0, 17).toUpperCase()}`,
          arn: `arn:aws:iam::111122223333:role/${role}`,
          accountId: '111122223333',
          userName: role,
        },
        attributes: { creationDate: '2026-11-23T10:00:00Z', mfaAuthenticated: 'false' },
      },
    },
    eventTime,
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: 'eu-central-1',
    sourceIPAddress: `10.0.${index % 250}.${index % 199}`,
    userAgent: 'aws-sdk-js/3.1173.0 ua/2.1 os/linux lang/js md/nodejs#24.21.0',
    requestParameters: {
      bucketName: `bucket-${index % 90}`,
      Host: `bucket-${index % 90}.s3.eu-central-1.amazonaws.com`,
      key,
      secretId: `service/${role}`,
      tableName: `table-${index % 40}`,
    },
    responseElements: null,
    additionalEventData: {
      SignatureVersion: 'SigV4',
      AuthenticationMethod: 'AuthHeader',
      bytesTransferredOut: index,
    },
    requestID: randomUUID(),
    eventID: randomUUID(),
    readOnly: true,
    resources: [{ type: 'AWS::S3::Object', ARN: `arn:aws:s3:::bucket-${index % 90}/${key}` }],
    eventType: 'AwsApiCall',
    managementEvent: eventCategory === 'Management',
    recipientAccountId: '111122223333',
    eventCategory,
    tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256' },
  };
}

/**
 * Writes log files with calls of other sessions into a folder: `bytes` in total before compression. The record `planted` is in the middle
 * file. All records have the time of `planted`. Returns the bytes after compression.
 */
export function writeOtherSessions(
  folder: string,
  bytes: number,
  planted: { readonly eventTime: string },
): number {
  mkdirSync(folder, { recursive: true });
  const files = Math.ceil(bytes / FILE_BYTES);
  let index = 0;
  let compressed = 0;
  for (let file = 0; file < files; file += 1) {
    const records: string[] = [];
    for (let length = 0; length < FILE_BYTES;) {
      const text = JSON.stringify(recordOfOtherSession(index, planted.eventTime));
      records.push(text);
      length += text.length + 1;
      index += 1;
    }
    if (file === Math.floor(files / 2)) records.push(JSON.stringify(planted));
    const content = gzipSync(`{"Records":[${records.join(',')}]}`);
    compressed += content.length;
    writeFileSync(
      join(
        folder,
        `111122223333_CloudTrail_eu-central-1_20261123T1000Z_${pseudorandomHex(`file ${file}`).slice(0, 16)}.json.gz`,
      ),
      content,
    );
  }
  return compressed;
}
