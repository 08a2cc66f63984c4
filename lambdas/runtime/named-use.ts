/** An item's key: attribute -> value as text, a binary value in base64. Keys are identifiers; an item's other attributes are never told. */
export type ItemKey = Readonly<Record<string, string>>;

/** One permission that a command needs: IAM's action and the resource's ARN, as near as the command's input tells. */
export interface NamedUse {
  readonly action: string;
  readonly resource: string;
  /** Of the DynamoDB item that is meant. */
  readonly key?: ItemKey;
}

/** Where a client's calls go. */
export interface Place {
  readonly region: string;
  readonly accountId: string;
}
