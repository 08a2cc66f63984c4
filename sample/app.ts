import { synthesize } from './synthesize.ts';

/** The CDK app: `npx cdk synth`, `npx cdk deploy`. */
synthesize({ forDeployment: true });
