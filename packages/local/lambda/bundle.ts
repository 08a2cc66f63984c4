import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import type { Bundle, FunctionSpec } from './types.ts';

/** A bundle that the embedded Lambda cannot run. */
export class UnreadableBundle extends Error {
  override readonly name = 'UnreadableBundle';
}

const compiled = new Map<string, Script>();

/** Reads the bundle that the handler names. Throws `UnreadableBundle` unless it is a CommonJS file. */
export function readBundle(spec: Pick<FunctionSpec, 'name' | 'codeDir' | 'handler'>): Bundle {
  const parts = /^([\w-]+)\.([\w$]+)$/.exec(spec.handler);
  const [, moduleName, exportName] = parts ?? [];
  if (moduleName === undefined || exportName === undefined) {
    throw new UnreadableBundle(
      `Function ${spec.name}: the handler is '${spec.handler}'; the embedded Lambda runs '<file>.<export>', for example index.handler.`,
    );
  }
  const file = [`${moduleName}.js`, `${moduleName}.cjs`].find((name) => existsSync(join(spec.codeDir, name)));
  if (file === undefined) {
    throw new UnreadableBundle(
      `Function ${spec.name}: its bundle has neither ${moduleName}.js nor ${moduleName}.cjs. Bundle it as CommonJS: ES modules are not supported here.`,
    );
  }
  const source = readFileSync(join(spec.codeDir, file), 'utf8');
  return {
    fileName: `/var/task/${file}`,
    exportName,
    source,
    hash: createHash('sha256').update(source).digest('hex'),
  };
}

const builtins = builtinModules.filter((name) => !name.startsWith('_')).join('|');
const importOfBuiltin = new RegExp(`\\bimport\\(\\s*(["'])((?:node:)?(?:${builtins}))\\1\\s*\\)`, 'g');

/**
 * Compiles the bundle to a function of its CommonJS variables, once for each content; environments share the
 * compiled code. A script in a context has no dynamic `import()` without a Node flag. Bundlers keep dynamic
 * imports of built-in modules, so those are replaced by `require`. Line numbers do not change.
 */
export function compile(bundle: Bundle): Script {
  const known = compiled.get(bundle.hash);
  if (known !== undefined) return known;
  const body = bundle.source.replace(
    importOfBuiltin,
    (_all, _quote, name: string) => `__importBuiltin(${JSON.stringify(name)})`,
  );
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname, __importBuiltin) {${body}\n})`,
    {
      filename: bundle.fileName,
    },
  );
  compiled.set(bundle.hash, script);
  return script;
}
