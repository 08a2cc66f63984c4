import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { ToolSpec } from '../../core/task-types/task-type.ts';
import type { UploadTarget, UploadBucket } from './upload-target.ts';

/** A table whose items a tool can select by their partition key. */
export type KeyedTable = Pick<ITable, 'tableArn'>;

type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface MultipartUploadOptions {
  /** Also reads the object itself: a task can then check whether an upload whose response was lost was completed. @default false */
  readonly readBack?: boolean;
  /**
   * For an imported bucket, whose rules synth cannot read: where the rule is that aborts incomplete uploads.
   * @default - an imported bucket is refused
   */
  readonly lifecycleElsewhere?: string;
}

/**
 * A named permission of a task type: `Tool.allow('s3:GetObject').on(bucket.arnForObjects('{sourceKey}'))`.
 * `{sourceKey}` is replaced by a task's parameter. The tool's name is the key under which the type declares it.
 */
export class Tool {
  static allow(...actions: readonly string[]): { on(...resources: readonly string[]): Tool } {
    return { on: (...resources) => new Tool(actions, resources, {}) };
  }

  /**
   * Uploads an object in parts, over several runs if necessary: puts and lists parts, completes, aborts. A task that is ended in between
   * leaves parts, which the bucket's lifecycle rule must remove; synth fails without such a rule.
   */
  static multipartUpload(bucket: UploadBucket, key: string, options: MultipartUploadOptions = {}): Tool {
    const { readBack = false, lifecycleElsewhere } = options;
    const actions = [
      's3:PutObject',
      's3:AbortMultipartUpload',
      's3:ListMultipartUploadParts',
      ...(readBack ? ['s3:GetObject'] : []),
    ];
    return new Tool(actions, [bucket.arnForObjects(key)], {}, { bucket, key, lifecycleElsewhere });
  }

  /** Reads the item whose partition key is `key`, `'{caseId}'` for example, and no other; in a table with a sort key, every item with that partition key. */
  static readItem(table: KeyedTable, key: string): Tool {
    return Tool.#onKey('dynamodb:GetItem', table, key);
  }

  /**
   * Puts the item whose partition key is `key`, and no other. IAM cannot check whether the item exists already: where that matters, the
   * work puts with `attribute_not_exists`.
   *
   * The permission also reads that one item: a put can return what it replaces (`ReturnValues`), or what its condition failed on
   * (`ReturnValuesOnConditionCheckFailure`). IAM has a key for the first only, `dynamodb:ReturnValues`, so it could not prevent the read.
   * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
   */
  static putItem(table: KeyedTable, key: string): Tool {
    return Tool.#onKey('dynamodb:PutItem', table, key);
  }

  /**
   * `ForAllValues` is also true of a request without keys, hence `Null`. Scan has no keys, so it is never granted this way.
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
   */
  static #onKey(action: string, { tableArn }: KeyedTable, key: string): Tool {
    return new Tool([action], [tableArn], {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [key] },
      Null: { 'dynamodb:LeadingKeys': ['false'] },
    });
  }

  /**
   * Where the tool may leave unfinished uploads; undefined for a tool without multipart uploads.
   * @internal
   */
  readonly _upload: UploadTarget | undefined;
  readonly #actions: readonly string[];
  readonly #resources: readonly string[];
  readonly #conditions: Conditions;

  private constructor(
    actions: readonly string[],
    resources: readonly string[],
    conditions: Conditions,
    upload?: UploadTarget,
  ) {
    this._upload = upload;
    this.#actions = actions;
    this.#resources = resources;
    this.#conditions = conditions;
  }

  /** The same tool with a condition: `.when('StringEquals', 's3:ExistingObjectTag/team', 'a')`. The values may contain parameters. */
  when(operator: string, key: string, ...values: readonly string[]): Tool {
    const keys = { ...this.#conditions[operator], [key]: values };
    return new Tool(this.#actions, this.#resources, { ...this.#conditions, [operator]: keys }, this._upload);
  }

  /**
   * The tool as the type's configuration contains it.
   * @internal
   */
  _toSpec(name: string): ToolSpec {
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
