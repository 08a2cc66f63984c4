import { synthesize } from '../lib/synthesize.ts';

/** The CDK app: `npx cdk synth`, `npx cdk deploy`. */
synthesize({ forDeployment: true });
