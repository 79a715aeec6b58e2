import type { Facts } from './fact-types.ts';
import type { Files } from './files.ts';

/** The folders that hold one file per command, notification and hook. */
export const FACT_FOLDERS = ['facts/commands', 'facts/notifications', 'facts/hooks'];

/** Returns the files that hold the facts: one per command, so that a new version shows in a readable diff. */
export function factFiles(facts: Facts): Files {
  return new Map([
    ['facts/version.json', JSON.stringify({ lightningd: facts.version })],
    ...filesOf('commands', facts.commands),
    ...filesOf('notifications', facts.notifications),
    ...filesOf('hooks', facts.hooks),
  ]);
}

function filesOf(folder: string, entries: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(entries).map(([name, facts]) => [
    `facts/${folder}/${name}.json`,
    JSON.stringify(facts),
  ]);
}
