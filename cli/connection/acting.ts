import type { Clock } from 'taskbound-time/clock';
import type { ClientConfig } from '../../client/caller/client-config.ts';
import type { Persona } from './persona.ts';

/** What decides under which credentials a command calls AWS. */
export interface Acting {
  /** The caller's own credentials. */
  readonly config: ClientConfig;
  /** The clock of that AWS: real, or the virtual one of an AWS in this process. */
  readonly clock: Clock;
  /** False for an embedded AWS, which creates a person when a command acts as one. See `person-config.ts`. */
  readonly hasPeople: boolean;
  /** The person of `--as`. */
  readonly as?: Persona;
}
