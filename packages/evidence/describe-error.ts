/** The message of anything that was thrown: JavaScript can throw what is no `Error`. */
export const errorMessage = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** `Name: message` of anything that was thrown. The name tells AWS's errors apart. */
export const describeError = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
