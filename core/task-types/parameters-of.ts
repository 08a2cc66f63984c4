import type { ParameterSpec } from './parameters.ts';

/** The parameters that a task type declares, by name. */
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;

/** One kind of declaration, such as `SpecOf<'token'>`. */
export type SpecOf<Kind extends ParameterSpec['kind']> = Extract<ParameterSpec, { readonly kind: Kind }>;

/** A declaration that allows only these texts. */
export type OneOfSpec<Value extends string> = SpecOf<'oneOf'> & { readonly values: Value[] };

type ValueOf<Spec extends ParameterSpec> =
  Spec extends SpecOf<'integer'>
    ? number
    : Spec extends { readonly kind: 'oneOf'; readonly values: readonly (infer Value)[] }
      ? Value
      : string;

/**
 * The values of declared parameters. With `const parameters = { caseId: Parameter.token() }`, the type
 * `ParametersOf<typeof parameters>` is `{ readonly caseId: string }`. Without a declaration, any name has a text or a number.
 */
export type ParametersOf<Declared extends ParameterSpecs = ParameterSpecs> = {
  readonly [Name in keyof Declared]: ValueOf<Declared[Name]>;
};

/** The field `parameters` as a caller gives it: it may be left out when no parameter is declared. */
export type GivenParameters<Declared extends ParameterSpecs> =
  Record<never, never> extends ParametersOf<Declared>
    ? { readonly parameters?: ParametersOf<Declared> }
    : { readonly parameters: ParametersOf<Declared> };
