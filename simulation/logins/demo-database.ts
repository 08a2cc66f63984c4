import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startDatabases, type LocalDatabase } from '../../cli/local/local-database.ts';
import type { PostgresOptions } from '../../cli/local/postgres-server.ts';

/** The sample's database. */
export const DEMO_DATABASE = 'demo';

const SCRIPT = fileURLToPath(new URL('../../sample/seed/postgres/demo.sql', import.meta.url));

/** Starts a server with the sample's database and its schema. */
export const startDemoDatabase = (options: PostgresOptions = {}): Promise<LocalDatabase> =>
  startDatabases(new Map([[DEMO_DATABASE, { where: SCRIPT, sql: readFileSync(SCRIPT, 'utf8') }]]), options);
