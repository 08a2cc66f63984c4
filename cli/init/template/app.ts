import { App } from 'aws-cdk-lib';
import { SupportStack } from './support-stack.ts';

new SupportStack(new App(), 'Support');
