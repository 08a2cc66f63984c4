import * as z from 'zod';
import { TemplateRefused } from './refusal.ts';

const resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DependsOn: z.union([z.string(), z.array(z.string())]).default([]),
  Condition: z.string().optional(),
  DeletionPolicy: z.string().optional(),
  Metadata: z.looseObject({ 'aws:cdk:path': z.string().optional() }).optional(),
});

const output = z.looseObject({
  Value: z.unknown(),
  Description: z.string().optional(),
  Export: z.strictObject({ Name: z.unknown() }).optional(),
  Condition: z.string().optional(),
});

const schema = z.looseObject({
  Parameters: z
    .record(
      z.string(),
      z.looseObject({ Type: z.string().default('String'), Default: z.unknown().optional() }),
    )
    .default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Mappings: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(z.string(), resource),
  Outputs: z.record(z.string(), output).default({}),
});

/** The sections of a CloudFormation template that the embedded AWS uses, unresolved. */
export type Template = z.infer<typeof schema>;
export type TemplateResource = z.infer<typeof resource>;

/** Throws `TemplateRefused` for a value that is not a template. */
export function parseTemplate(value: unknown): Template {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TemplateRefused(
    `The template is not readable at ${issue?.path.join('.') ?? 'its root'}: ${issue?.message ?? ''}. Synthesize it again.`,
  );
}
