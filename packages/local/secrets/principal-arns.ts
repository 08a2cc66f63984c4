/** The ARNs of the AWS principals in a policy. */
export function principalArns(policy: string): string[] {
  const { Statement } = JSON.parse(policy) as { Statement: object | object[] };
  return [Statement].flat().flatMap((statement) => {
    const principal: unknown = Reflect.get(statement, 'Principal') ?? Reflect.get(statement, 'NotPrincipal');
    const aws: unknown =
      typeof principal === 'object' && principal !== null ? Reflect.get(principal, 'AWS') : undefined;
    return [aws].flat().filter((arn): arn is string => typeof arn === 'string' && arn.startsWith('arn:'));
  });
}
