/**
 * A request names a secret by its name or its ARN:
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
const ARN = /^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:(.+)$/;
/**
 * A policy's pattern for the six random characters at the end of a secret's ARN:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html
 */
export const SECRET_ARN_TAIL = '-??????';
/** The random suffix in an ARN, or the pattern for it in a policy. */
const RANDOM_SUFFIX = /-(?:[A-Za-z0-9]{6}|\?{6})$/;

/** Whether an ARN has the random suffix. */
export const hasRandomSuffix = (arn: string): boolean => RANDOM_SUFFIX.test(arn);

/** The name in an ARN with or without the random suffix. Any other text is returned unchanged, as a name. */
export function secretNameIn(id: string): string {
  const [, named] = ARN.exec(id) ?? [];
  return named === undefined ? id : named.replace(RANDOM_SUFFIX, '');
}

/**
 * Like `secretNameIn`, but also removes the random suffix from a name, because people copy names with it. No
 * name of Taskbound ends like the suffix.
 */
export const copiedSecretName = (id: string): string => (ARN.exec(id)?.[1] ?? id).replace(RANDOM_SUFFIX, '');
