import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EVENT_SOURCE } from '../../core/operations/bus-events.ts';
import type { Permission } from '../functions/permission.ts';

/** Puts events on the account's default bus, with Taskbound's own source only: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html */
export const putEvents = (scope: Construct): Permission => ({
  sid: 'AnnounceBoundaries',
  actions: ['events:PutEvents'],
  resources: [
    Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' }),
  ],
  conditions: { StringEquals: { 'events:source': EVENT_SOURCE } },
});
