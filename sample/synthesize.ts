import { App } from 'aws-cdk-lib';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { checkWithNag } from './nag.ts';
import { SampleStack } from './stack/sample-stack.ts';

export interface SynthesizeOptions {
  /** The folder in which the assembly is written. @default - a folder that the CDK chooses */
  readonly outdir?: string;
  /** Declares the stack. @default - the sample stack */
  readonly declare?: (app: App) => { readonly stackName: string };
  /** Also runs CloudFormation's own validator, which takes seconds. @default false */
  readonly forDeployment?: boolean;
}

/** A finding of CloudFormation's validator is an error, not a warning. */
const STRICT = { '@aws-cdk/core:validateAgainstDefaultRules': true };

/** Synthesizes in this process, with cdk-nag but without the cdk command. Throws if a declaration is invalid or cdk-nag has a finding. */
export function synthesize(options: SynthesizeOptions = {}): {
  readonly directory: string;
  readonly stackName: string;
} {
  const app = new App({
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: options.forDeployment ?? false,
    context: STRICT,
    ...omitUndefined({ outdir: options.outdir }),
  });
  const stack = (options.declare ?? sample)(app);
  checkWithNag(app);
  return { directory: app.synth().directory, stackName: stack.stackName };
}

const sample = (app: App): SampleStack => new SampleStack(app, 'Taskbound');
