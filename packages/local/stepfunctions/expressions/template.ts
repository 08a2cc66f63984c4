import { evaluateExpression, expressionText } from './expression.ts';

/** The values that an Arguments, Output or Assign template can access. */
export interface TemplateScope {
  readonly input: unknown;
  /** Set after a Task succeeded. */
  readonly result?: unknown;
  /** Set inside a Catch. */
  readonly errorOutput?: unknown;
  readonly context: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface TemplateOptions {
  /** The field that contains the template, for messages. */
  readonly field?: string;
  /** The time of `$now()` and `$millis()`, milliseconds. */
  readonly nowMs?: () => number;
}

/**
 * Evaluates an Arguments, Output or Assign template. At any depth, a string that is exactly `{% … %}` is an
 * expression; everything else is literal. Throws `EvaluationError` (name `States.QueryEvaluationError`) with
 * the field's path.
 */
export async function evaluateTemplate(
  template: unknown,
  scope: TemplateScope,
  options: TemplateOptions = {},
): Promise<unknown> {
  const { variables, ...states } = scope;
  const bindings = { states, variables, nowMs: options.nowMs ?? noClock };
  return walk(template, options.field ?? 'Output', (text, location) =>
    evaluateExpression(text, bindings, location),
  );
}

function noClock(): never {
  throw new Error('no clock was given to evaluateTemplate');
}

async function walk(
  template: unknown,
  location: string,
  evaluate: (text: string, location: string) => Promise<unknown>,
): Promise<unknown> {
  if (typeof template === 'string') {
    const text = expressionText(template);
    return text === undefined ? template : evaluate(text, location);
  }
  if (Array.isArray(template)) {
    const values: unknown[] = [];
    for (const [index, item] of template.entries())
      values.push(await walk(item, `${location}[${index}]`, evaluate));
    return values;
  }
  if (typeof template !== 'object' || template === null) return template;
  const fields: [string, unknown][] = [];
  for (const [key, value] of Object.entries(template))
    fields.push([key, await walk(value, `${location}/${key}`, evaluate)]);
  return Object.fromEntries(fields);
}
