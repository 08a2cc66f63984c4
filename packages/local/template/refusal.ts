/** A template that the embedded AWS cannot load as AWS would: said at load, never guessed around. */
export class TemplateRefused extends Error {
  override readonly name = 'TemplateRefused';
}
