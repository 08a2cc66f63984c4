import { expect, test } from 'vitest';
import { partitionOf } from 'taskbound-evidence/names/partition';

test.each([
  ['eu-central-1', 'aws'],
  ['us-east-1', 'aws'],
  ['mx-central-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['eusc-de-east-1', 'aws-eusc'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eu-isoe-west-1', 'aws-iso-e'],
  ['us-isof-south-1', 'aws-iso-f'],
])('%s is of the partition %s', (region, partition) => expect(partitionOf(region)).toBe(partition));
