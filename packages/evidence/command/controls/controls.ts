import { controlsMap } from '../../controls/controls.ts';
import { parseEvents } from '../../events/parse-events.ts';
import { taskRecord } from '../../events/task-record.ts';
import { verifyBundle } from '../../signature/verify.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import type { CommandIo } from '../io.ts';
import { printJson } from '../print.ts';
import { renderControls } from './render-controls.ts';
import { readTaskBundle } from '../task-bundle.ts';

/**
 * Prints which events of a task are evidence for which control. A bundle that does not verify is refused:
 * nothing in it is evidence.
 */
export async function controls(
  path: string,
  options: { readonly json?: boolean },
  io: CommandIo,
): Promise<number> {
  const bundle = await readTaskBundle(path, io.cwd);
  const { fault } = verifyBundle(bundle);
  if (fault !== null)
    throw new UsageError(
      `${path} cannot be used as evidence for controls: ${fault}. Export the bundle again, and see taskbound verify.`,
    );
  const map = controlsMap(bundle, taskRecord(parseEvents(bundle.events)));
  if (options.json === true) printJson(io, map);
  else io.out(renderControls(map));
  return EXIT.done;
}
