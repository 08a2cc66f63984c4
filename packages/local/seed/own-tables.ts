/** Taskbound's own tables. They are not seeded, because a seed must not forge a row or an event. */
const OWN_TABLES = new Set(['LedgerTable', 'EvidenceTable']);

export const withoutOwnTables = (outputs: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(outputs).filter(([name]) => !OWN_TABLES.has(name)));
