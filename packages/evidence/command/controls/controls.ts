import { controlsMap } from '../../controls/controls.ts';
import { parseEvents } from '../../events/parse-events.ts';
import { taskRecord } from '../../events/task-record.ts';
import { verification } from '../../report/verification.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import type { CommandIo } from '../io.ts';
import { readKeyFile } from '../key-file.ts';
import { printJson } from '../print.ts';
import { renderControls } from './render-controls.ts';
import { readTaskBundle } from '../task-bundle.ts';

export interface ControlsOptions {
  /** PEM file of the key that the caller trusts. */
  readonly key?: string;
  readonly json?: boolean;
}

/**
 * Prints which events of a task are evidence for which control, and whether the signature was verified. A
 * bundle that does not verify is refused: nothing in it is evidence.
 */
export async function controls(path: string, options: ControlsOptions, io: CommandIo): Promise<number> {
  const bundle = await readTaskBundle(path, io.cwd);
  const key = options.key === undefined ? undefined : await readKeyFile(options.key, io.cwd);
  const record = verification(bundle, key);
  if (record.is === 'broken')
    throw new UsageError(
      `${path} cannot be used as evidence for controls. ${record.says} Export the bundle again, and see taskbound verify.`,
    );
  const map = controlsMap(bundle, taskRecord(parseEvents(bundle.events)));
  if (options.json === true) printJson(io, { ...map, evidence: record.is });
  else io.out(renderControls(map, record));
  return EXIT.done;
}
