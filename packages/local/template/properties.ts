import * as z from 'zod';
import { TemplateRefused } from './refusal.ts';
import type { ResolvedResource } from './resolve.ts';

/** CloudFormation accepts text for numbers and booleans. */
export const number = z.coerce.number();
export const boolean = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
export const tagList = z.array(z.looseObject({ Key: z.string(), Value: z.string() }));

/** Parses the properties that a loader needs. Throws `TemplateRefused` with the logical id. */
export function readProperties<T>(schema: z.ZodType<T>, resource: ResolvedResource): T {
  const parsed = schema.safeParse(resource.properties);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw cannotLoad(
    resource,
    `its property ${issue?.path.join('.') ?? ''} is not supported: ${issue?.message ?? ''}`,
  );
}

export const cannotLoad = (resource: ResolvedResource, why: string): TemplateRefused =>
  new TemplateRefused(`The resource ${resource.logicalId} (${resource.type}) cannot be loaded: ${why}.`);
