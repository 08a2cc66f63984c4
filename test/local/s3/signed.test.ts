import { CopyObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { EmbeddedAws } from 'taskbound-local/embedded-aws';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';

const odd = [
  'a b',
  'a+b',
  '*',
  'a?b',
  '$x',
  `q'"`,
  '100%',
  '%41',
  'back\\slash',
  'Grüße',
  'a//b',
  '/lead',
  'tail/',
  '..',
  'a/../b',
  './x',
  "(~!')",
  '#',
];

it.each(['in process', 'over HTTP'])('odd keys keep their signature and their bytes, %s', async (way) => {
  const clock = new VirtualClock({ startMs: new Date().getTime() });
  const aws = await EmbeddedAws.start({ clock });
  aws.s3.createBucket('data');
  const endpoint = way === 'over HTTP' ? (await aws.listen(0)).endpoint : 'http://127.0.0.1:4566';
  const client = new S3Client({
    region: 'eu-central-1',
    endpoint,
    credentials: aws.rootCredentials,
    ...(way === 'in process' ? { requestHandler: aws.requestHandler } : {}),
  });
  try {
    for (const key of odd) {
      await client.send(new PutObjectCommand({ Bucket: 'data', Key: key, Body: key }));
      await client.send(
        new CopyObjectCommand({
          Bucket: 'data',
          Key: `${key}.copy`,
          CopySource: `data/${encodeURIComponent(key)}`,
        }),
      );
      const { Body } = await client.send(new GetObjectCommand({ Bucket: 'data', Key: `${key}.copy` }));
      expect(await Body?.transformToString()).toBe(key);
    }
    expect(aws.s3.keys('data')).toEqual(odd.flatMap((key) => [key, `${key}.copy`]).sort());
  } finally {
    client.destroy();
    await aws.close();
  }
});
