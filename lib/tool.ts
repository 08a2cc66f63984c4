import type { ToolSpec } from '../core/task-type.ts';

type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/**
 * A named permission of a task type: `Tool.allow('s3:GetObject').on(bucket.arnForObjects('{sourceKey}'))`.
 * `{sourceKey}` is where a task's parameter goes. The name comes from the key under which the type declares it.
 */
export class Tool {
  static allow(...actions: readonly string[]): { on(...resources: readonly string[]): Tool } {
    return { on: (...resources) => new Tool(actions, resources, {}) };
  }

  readonly #actions: readonly string[];
  readonly #resources: readonly string[];
  readonly #conditions: Conditions;

  private constructor(actions: readonly string[], resources: readonly string[], conditions: Conditions) {
    this.#actions = actions;
    this.#resources = resources;
    this.#conditions = conditions;
  }

  /** The tool, narrowed: `.when('StringEquals', 's3:ExistingObjectTag/team', 'a')`. Parameters may stand in the values. */
  when(operator: string, key: string, ...values: readonly string[]): Tool {
    const keys = { ...this.#conditions[operator], [key]: values };
    return new Tool(this.#actions, this.#resources, { ...this.#conditions, [operator]: keys });
  }

  toSpec(name: string): ToolSpec {
    const conditions = Object.fromEntries(
      Object.entries(this.#conditions).map(([operator, keys]) => [
        operator,
        Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, [...values]])),
      ]),
    );
    return {
      name,
      actions: [...this.#actions],
      resources: [...this.#resources],
      ...(Object.keys(conditions).length > 0 && { conditions }),
    };
  }
}
