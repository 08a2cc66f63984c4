/** A seed or dump folder that cannot be used. Shown to the user without a stack trace. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}
