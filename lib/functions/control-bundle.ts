import { builtFunction } from './built-functions.ts';
import { bundleOf, declareEntry } from './bundles.ts';
import { CONTROL_STEMS, controlEntry, type ControlStem } from './control-stems.ts';

/**
 * The folder of a control function's bundle: the built one, if its sources have not changed since. Otherwise one esbuild call bundles all
 * control functions now.
 */
export function controlBundle(stem: ControlStem): string {
  const built = builtFunction(stem);
  if (built !== undefined) return built;
  for (const each of CONTROL_STEMS) declareEntry(controlEntry(each));
  return bundleOf(controlEntry(stem));
}
