import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FunctionRegistry } from '../../../packages/local/lambda/registry.ts';
import { LambdaHost } from 'taskbound-local/lambda/host';
import { LambdaService } from '../../../packages/local/lambda/service.ts';
import type { FunctionSpec, InvocationResult } from 'taskbound-local/lambda/types';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { TestGateway } from '../test-gateway.ts';

export const START_MS = Date.parse('2026-11-23T10:00:00.000Z');
export const ACCOUNT = 'arn:aws:lambda:eu-central-1:111122223333:function';

/** An embedded Lambda with functions made from source text. */
export function lambdaFixture(options: { readonly synchronousLimitMs?: number } = {}) {
  const clock = new VirtualClock({ startMs: START_MS });
  const gateway = new TestGateway(() => clock.nowMs());
  const assumed: string[][] = [];
  const assumeServiceRole = (...request: [string, string, string]) => {
    assumed.push(request);
    return {
      accessKeyId: 'ASIAFUNCTION',
      secretAccessKey: 'function-secret',
      sessionToken: 'function-token',
    };
  };
  const registry = new FunctionRegistry('http://127.0.0.1:4566');
  const host = new LambdaHost({
    clock,
    send: gateway.handle,
    assumeServiceRole,
    region: 'eu-central-1',
    ...options,
  });
  const service = new LambdaService(registry, host);
  gateway.register(service);

  const create = (name: string, source: string, more: Partial<FunctionSpec> = {}): void => {
    const codeDir = mkdtempSync(join(tmpdir(), 'taskbound-lambda-'));
    writeFileSync(join(codeDir, 'index.js'), source);
    registry.createFunction({
      name,
      arn: `${ACCOUNT}:${name}`,
      codeDir,
      handler: 'index.handler',
      environment: { GREETING: 'hello' },
      timeoutSeconds: 3,
      memoryMb: 128,
      roleArn: 'arn:aws:iam::111122223333:role/FunctionRole',
      ...more,
    });
  };
  const invoke = (name: string, event: unknown = {}): Promise<InvocationResult> => {
    const { fn, invokedArn } = registry.resolve(name, undefined);
    return host.invoke(fn, invokedArn, JSON.stringify(event));
  };
  /** Creates a function whose handler has this body, and runs it once. */
  const run = (
    body: string,
    event: unknown = {},
    more: Partial<FunctionSpec> = {},
  ): Promise<InvocationResult> => {
    create('once', `exports.handler = async (event, context) => { ${body} };`, more);
    return invoke('once', event);
  };
  return { clock, gateway, registry, host, service, assumed, assumeServiceRole, create, invoke, run };
}
