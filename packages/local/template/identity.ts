import { physicalName } from './physical-name.ts';

export type Properties = Readonly<Record<string, unknown>>;

/** What is known of a resource from its resolved properties alone. */
export interface Identity {
  readonly physicalId: string;
  /** Empty where AWS has none. */
  readonly arn: string;
  /** For `Fn::GetAtt`. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Naming {
  readonly stackName: string;
  readonly logicalId: string;
  /** Where function URLs lie. */
  readonly origin: string;
  /** The next version number of a function. */
  versionOf(functionName: string): number;
}

export interface ResourceType {
  /** Properties with an effect here. */
  readonly used: readonly string[];
  /** Properties that change nothing that the embedded AWS shows; packages/local/README.md names those that matter. */
  readonly ignored: readonly string[];
  identify(properties: Properties, naming: Naming): Identity;
}

/** The name that the template gives, or one made of stack and logical id. */
export const named = (properties: Properties, property: string, naming: Naming, most: number): string => {
  const given = properties[property];
  return typeof given === 'string' ? given : physicalName(naming.stackName, naming.logicalId, most);
};

export const withArn = (
  physicalId: string,
  arn: string,
  more: Readonly<Record<string, string>> = {},
): Identity => ({
  physicalId,
  arn,
  attributes: { Arn: arn, ...more },
});
export const noArn = (physicalId: string): Identity => ({ physicalId, arn: '', attributes: {} });
