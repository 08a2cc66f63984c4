import type { BusEvent } from './types.ts';

/** What a target receives instead of the whole event. At most one field is set. */
export interface TargetInput {
  /** JSON text. */
  readonly input?: string;
  /** `$.detail`. */
  readonly path?: string;
  readonly transformer?: { readonly paths: Readonly<Record<string, string>>; readonly template: string };
}

const JSON_PATH = /^\$(?:\.[\w-]+)*$/;

/** Whether a path consists of names joined by dots. EventBridge supports more; this does not. */
export const isSupportedPath = (path: string): boolean => JSON_PATH.test(path);

function valueAt(path: string, event: BusEvent): unknown {
  return path
    .split('.')
    .slice(1)
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined,
      event,
    );
}

/**
 * Text is inserted escaped inside quotation marks, and as a JSON string outside. A path without a value
 * inserts nothing.
 */
function renderValue(value: unknown, quoted: boolean): string {
  if (value === undefined) return '';
  const json = JSON.stringify(value);
  if (!quoted) return json;
  return typeof value === 'string' ? json.slice(1, -1) : JSON.stringify(json).slice(1, -1);
}

/** Whether the end of this part of the template is inside a JSON string. */
function isQuoted(before: string): boolean {
  return (before.replace(/\\./g, '').split('"').length - 1) % 2 === 1;
}

/**
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 * Throws a `SyntaxError` when the result is not JSON.
 */
function transform(
  { paths, template }: NonNullable<TargetInput['transformer']>,
  event: BusEvent,
  reserved: Readonly<Record<string, string>>,
): string {
  const text = template.replace(/<([\w.-]+)>/g, (whole, name: string, offset: number) => {
    const path = paths[name];
    if (path === undefined && !(name in reserved)) return whole;
    const value = path === undefined ? reserved[name] : valueAt(path, event);
    return renderValue(value, isQuoted(template.slice(0, offset)));
  });
  JSON.parse(text);
  return text;
}

/** The JSON text that the target is invoked with. */
export function targetPayload(
  { input, path, transformer }: TargetInput,
  event: BusEvent,
  rule: RuleName,
): string {
  if (input !== undefined) return input;
  if (path !== undefined) return JSON.stringify(valueAt(path, event) ?? null);
  if (transformer === undefined) return JSON.stringify(event);
  const reserved = {
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event.ingestion-time': event.time,
  };
  return transform(transformer, event, reserved);
}

interface RuleName {
  readonly arn: string;
  readonly name: string;
}
