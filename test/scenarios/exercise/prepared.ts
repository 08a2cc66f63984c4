import type { Template } from 'taskbound-local/template/template';

/** Larger objects are copied in parts. The smallest test object is below this limit, and a slightly larger one needs one part. */
const SINGLE_COPY_LIMIT_BYTES = 5;
const PART_BYTES = 8;

/** The sample with a work function that copies small objects in parts. Nothing else is changed. */
export function withSmallParts(template: Template): Template {
  const copy = structuredClone(template);
  for (const { Type, Properties } of Object.values(copy.Resources)) {
    const variables = (Properties['Environment'] as { Variables?: Record<string, unknown> } | undefined)
      ?.Variables;
    if (Type === 'AWS::Lambda::Function' && variables && 'SOURCE_BUCKET' in variables) {
      Object.assign(variables, {
        SINGLE_COPY_LIMIT_BYTES: String(SINGLE_COPY_LIMIT_BYTES),
        PART_BYTES: String(PART_BYTES),
      });
    }
  }
  return copy;
}

/**
 * A tail that gives up after a dozen attempts instead of outlasting the longest lease. The effect of a missing permission is visible by
 * then, and the permissions are the same.
 */
export function withShortTail(template: Template): Template {
  const text = JSON.stringify(template).replace(/(\\+"MaxAttempts\\+":)\d{2,}/g, `$1${TRIES}`);
  return JSON.parse(text) as Template;
}

const TRIES = 12;
