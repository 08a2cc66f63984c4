/** A template that the embedded AWS cannot load as AWS would. Thrown at load; nothing is guessed. */
export class TemplateRefused extends Error {
  override readonly name: string = 'TemplateRefused';
}

/** It is not clear which stack of an assembly is meant. The message lists them. */
export class StackNotChosen extends TemplateRefused {
  override readonly name = 'StackNotChosen';
}

/** Resources that need each other. */
export class CircularReference extends TemplateRefused {
  override readonly name = 'CircularReference';
}
