import type { Call, Check } from '../gateway/service.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';

/** What a call that only reads is about. */
interface Read extends Pick<Check, 'action' | 'resource' | 'context'> {
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly resourcePolicy?: Check['resourcePolicy'];
}

/** Records a call that only reads, and authorizes it. Throws AccessDenied. */
export function authorizeRead(call: Call, read: Read): void {
  const { action, resource, context, parameters = {}, resourcePolicy } = read;
  call.record({
    requestParameters: parameters,
    readOnly: true,
    ...(resource !== '*' && { resources: [{ ARN: resource }] }),
  });
  call.authorize({ action, resource, ...omitUndefined({ context, resourcePolicy }) });
}
