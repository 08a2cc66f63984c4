/**
 * The versions of Node.js that Taskbound is tested with, in the words of `engines` in package.json. This file imports nothing and uses no new
 * syntax, so that an older Node.js can still run it.
 */
export const NODE_VERSIONS = '^22.18.0 || >=24.0.0';

/** Why a command cannot run on this version of Node.js (`24.1.0`); undefined when it can. */
export function nodeFault(running: string): string | undefined {
  const [major = 0, minor = 0] = running.split('.').map(Number);
  if (major >= 24 || (major === 22 && minor >= 18)) return undefined;
  return `Taskbound needs Node.js ${NODE_VERSIONS}, and this is ${running}. Install a newer one, such as 24.`;
}
