/** A seed or dump folder that cannot be used: for people, without a stack trace. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}
