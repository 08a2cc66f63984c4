import { TemplateRefused } from './refusal.ts';

/** `{{resolve:ssm:/my/parameter:3}}` */
const REFERENCE = /\{\{resolve:([a-z-]+):([^}]*)\}\}/g;

/**
 * The value with its dynamic references replaced:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html. `parameter`: the value of an SSM parameter.
 */
export function withReferences(value: unknown, parameter: (name: string) => string, path: string): unknown {
  if (typeof value === 'string') {
    return value.replace(REFERENCE, (whole, service: string, name: string) => {
      if (service !== 'ssm')
        throw new TemplateRefused(
          `${path} uses ${whole}; of dynamic references, the embedded AWS supports only ssm.`,
        );
      return parameter(name.replace(/:\d+$/, ''));
    });
  }
  if (Array.isArray(value))
    return value.map((item, index) => withReferences(item, parameter, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, withReferences(item, parameter, `${path}.${name}`)]),
  );
}
