/**
 * The calls that an assistant may request. They include more than its task needs, on purpose: the session
 * policy decides what it can do.
 */
export type ToolCall =
  | { readonly tool: 'readCase' | 'deleteCase'; readonly caseId: string }
  | { readonly tool: 'listCases' }
  | { readonly tool: 'writeReply'; readonly caseId: string; readonly text: string }
  | { readonly tool: 'writeItem'; readonly table: string; readonly caseId: string; readonly text: string }
  | { readonly tool: 'assumeRole'; readonly roleArn: string }
  | { readonly tool: 'readSecret'; readonly secretId: string };

/** The result of a call: the tool's value, or the name of the AWS error. */
export type Answer = { readonly value: unknown } | { readonly error: string };

export interface Turn {
  readonly call: ToolCall;
  readonly answer: Answer;
}

/** Decides the next call. A team implements this with the client of its model. */
export interface Assistant {
  /**
   * The next call, based on the transcript; undefined if the assistant is done. `callsLeft` is the number of
   * calls left, including this one.
   */
  next(transcript: readonly Turn[], callsLeft: number): Promise<ToolCall | undefined>;
}
