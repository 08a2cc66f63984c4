/**
 * An item's key: attribute -> value as text, a binary value in base64. Keys are identifiers; an item's other
 * attributes are never recorded.
 */
export type ItemKey = Readonly<Record<string, string>>;

/**
 * One permission that a command needs: IAM's action and the resource's ARN, derived from the command's input.
 */
export interface NamedUse {
  readonly action: string;
  readonly resource: string;
  /** The key of the DynamoDB item. */
  readonly key?: ItemKey;
}

/** The region and account of a client's calls. */
export interface UseOrigin {
  readonly region: string;
  readonly accountId: string;
}
