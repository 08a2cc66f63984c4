/** A secret is named by its name or its ARN: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
const ARN = /^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:(.+)$/;
/** A policy's pattern for the six random characters that end a secret's ARN: https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html */
export const SECRET_ARN_TAIL = '-??????';
/** The same in an ARN, which is a real one or a policy's. */
const TAIL = /-(?:[A-Za-z0-9]{6}|\?{6})$/;

/** Whether an ARN is whole. */
export const hasTail = (arn: string): boolean => TAIL.test(arn);

/** The name in an ARN, whole or without its tail; anything else is taken for a name as it is. */
export function secretNameIn(id: string): string {
  const [, named] = ARN.exec(id) ?? [];
  return named === undefined ? id : named.replace(TAIL, '');
}

/** The same of what people copy: also of a name with the tail that AWS puts behind it. A name of ours ends without a hyphen. */
export const copiedSecretName = (id: string): string => (ARN.exec(id)?.[1] ?? id).replace(TAIL, '');
