import * as z from 'zod';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { Loader } from './load-context.ts';
import { number, readProperties } from './properties.ts';

const groupProperties = z.looseObject({
  RetentionInDays: number.optional(),
  KmsKeyId: z.string().optional(),
});

export const loadLogGroup: Loader = (resource, { logs, atMs }) => {
  const { RetentionInDays, KmsKeyId } = readProperties(groupProperties, resource);
  logs.put(resource.physicalId, {
    createdMs: atMs,
    ...omitUndefined({ retentionDays: RetentionInDays, kmsKeyId: KmsKeyId }),
  });
};
