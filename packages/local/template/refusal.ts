/** A template that the embedded AWS cannot load as AWS would. Thrown at load; nothing is guessed. */
export class TemplateRefused extends Error {
  override readonly name = 'TemplateRefused';
}
