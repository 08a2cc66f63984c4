import type { Template } from 'taskbound-local/template/template';

/** Objects above this are copied in parts, so that the smallest test object is not, and one of a few bytes more is copied in one part. */
const SINGLE_COPY_LIMIT_BYTES = 5;
const PART_BYTES = 8;

/** The sample with a work function that copies small objects in parts; everything else as deployed. */
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
 * A tail that gives up after a dozen tries instead of outlasting the longest lease: what a missing permission does is seen by then, and
 * permissions are the same.
 */
export function impatient(template: Template): Template {
  const text = JSON.stringify(template).replace(/(\\+"MaxAttempts\\+":)\d{2,}/g, `$1${TRIES}`);
  return JSON.parse(text) as Template;
}

const TRIES = 12;
