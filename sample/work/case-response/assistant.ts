/** What an assistant may ask for. It is offered more than its task needs, on purpose: what holds is what its session may do. */
export type ToolCall =
  | { readonly tool: 'readCase' | 'deleteCase'; readonly caseId: string }
  | { readonly tool: 'listCases' }
  | { readonly tool: 'writeReply'; readonly caseId: string; readonly text: string }
  | { readonly tool: 'writeItem'; readonly table: string; readonly caseId: string; readonly text: string }
  | { readonly tool: 'assumeRole'; readonly roleArn: string }
  | { readonly tool: 'readSecret'; readonly secretId: string };

/** What came of a call: the tool's answer, or the name of AWS's error. */
export type Answer = { readonly value: unknown } | { readonly error: string };

export interface Turn {
  readonly call: ToolCall;
  readonly answer: Answer;
}

/** What decides the next call. A team puts the client of its model here. */
export interface Assistant {
  /** The next call, from all that was said so far; undefined when it is done. `callsLeft` is how many there may still be, this one included. */
  next(transcript: readonly Turn[], callsLeft: number): Promise<ToolCall | undefined>;
}
