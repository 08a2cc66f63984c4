/** A reason why it is not certain what an app depends on. Its assembly is not kept then. */
export class Doubt extends Error {
  override readonly name = 'Doubt';
}
