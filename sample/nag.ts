import { Validations, type App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';

/** Runs cdk-nag's AwsSolutions rules at synth. Synth fails if a finding is not accepted with a reason. */
export const checkWithNag = (app: App): void => Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
