import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { ToolSpec } from '../../core/task-types/task-type.ts';
import type { Upload, UploadBucket } from './multipart-upload.ts';

/** A table whose items a tool may name by their partition key. */
export type KeyedTable = Pick<ITable, 'tableArn'>;

type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface MultipartUploadOptions {
  /** Also reads the object itself: a task can find out then whether an upload was completed whose answer was lost. @default false */
  readonly readBack?: boolean;
  /**
   * For a bucket that is imported, whose rules synth cannot see: where the rule stands that aborts incomplete uploads.
   * @default - an imported bucket is refused
   */
  readonly lifecycleElsewhere?: string;
}

/**
 * A named permission of a task type: `Tool.allow('s3:GetObject').on(bucket.arnForObjects('{sourceKey}'))`.
 * `{sourceKey}` is where a task's parameter goes. The name comes from the key under which the type declares it.
 */
export class Tool {
  static allow(...actions: readonly string[]): { on(...resources: readonly string[]): Tool } {
    return { on: (...resources) => new Tool(actions, resources, {}) };
  }

  /**
   * Uploads an object in parts, over as many runs as it takes: puts and lists parts, completes, aborts. What a task leaves that is ended in
   * between, the bucket's lifecycle rule must remove; synth fails when it has none.
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
   * Puts the item whose partition key is `key`, and no other. Whether one stands there already, IAM cannot ask: the work puts with
   * `attribute_not_exists` where that matters.
   *
   * It reads that one item as well: a put may ask for what it replaces (`ReturnValues`), or for what its condition failed on
   * (`ReturnValuesOnConditionCheckFailure`). IAM has a key, `dynamodb:ReturnValues`, for the first only, so it would keep nothing back.
   * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
   */
  static putItem(table: KeyedTable, key: string): Tool {
    return Tool.#onKey('dynamodb:PutItem', table, key);
  }

  /**
   * `ForAllValues` holds for a request without keys as well, hence `Null`. Scan has no keys and is never granted so.
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
   */
  static #onKey(action: string, { tableArn }: KeyedTable, key: string): Tool {
    return new Tool([action], [tableArn], {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [key] },
      Null: { 'dynamodb:LeadingKeys': ['false'] },
    });
  }

  /** Where the tool may leave unfinished uploads; undefined when it makes none of several calls. */
  readonly upload: Upload | undefined;
  readonly #actions: readonly string[];
  readonly #resources: readonly string[];
  readonly #conditions: Conditions;

  private constructor(
    actions: readonly string[],
    resources: readonly string[],
    conditions: Conditions,
    upload?: Upload,
  ) {
    this.upload = upload;
    this.#actions = actions;
    this.#resources = resources;
    this.#conditions = conditions;
  }

  /** The tool, narrowed: `.when('StringEquals', 's3:ExistingObjectTag/team', 'a')`. Parameters may stand in the values. */
  when(operator: string, key: string, ...values: readonly string[]): Tool {
    const keys = { ...this.#conditions[operator], [key]: values };
    return new Tool(this.#actions, this.#resources, { ...this.#conditions, [operator]: keys }, this.upload);
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
