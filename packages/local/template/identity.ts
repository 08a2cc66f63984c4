import { physicalName } from './physical-name.ts';

export type Properties = Readonly<Record<string, unknown>>;

/** What the resolved properties of a resource determine. */
export interface Identity {
  readonly physicalId: string;
  /** Empty for a type without an ARN. */
  readonly arn: string;
  /** For `Fn::GetAtt`. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Naming {
  readonly stackName: string;
  readonly logicalId: string;
  /** The origin of function URLs. */
  readonly origin: string;
  /** The next version number of a function. */
  versionOf(functionName: string): number;
}

export interface ResourceType {
  /** Properties that have an effect in the embedded AWS. */
  readonly used: readonly string[];
  /** Properties without an effect in the embedded AWS. packages/local/README.md lists those that matter. */
  readonly ignored: readonly string[];
  identify(properties: Properties, naming: Naming): Identity;
}

/** The name in the template, or one derived from stack name and logical id. */
export const named = (
  properties: Properties,
  property: string,
  naming: Naming,
  maxLength: number,
): string => {
  const given = properties[property];
  return typeof given === 'string' ? given : physicalName(naming.stackName, naming.logicalId, maxLength);
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
