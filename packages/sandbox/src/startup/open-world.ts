import { resolve } from 'node:path';
import { SandboxError } from '../sandbox-error.ts';
import { WorldJournal } from '../shared-world/journal.ts';
import type { Cleanup } from './cleanup.ts';
import type { Base, Storage } from './open.ts';

/** The id of the shared world that the database belongs to. Empty for a world of its own. */
const WORLD_ID = 'world_id';

/**
 * Opens the journal of `--dev-world`.
 *
 * @throws SandboxError `bad_option` if the database belongs to another world: its chain would be another one
 */
export function openWorld(
  { options, workingDirectory, network }: Base,
  { database, vars }: Storage,
  cleanup: Cleanup,
): WorldJournal | undefined {
  const given = options.value('dev-world');
  const directory = given === undefined ? undefined : resolve(workingDirectory, given);
  const journal = directory === undefined ? undefined : new WorldJournal(directory, network.name);
  if (journal !== undefined) cleanup.add(() => journal.close());
  const hasChain =
    database.prepare('SELECT 1 AS present FROM blocks LIMIT 1').first() !== undefined;
  const id = Buffer.from(journal?.id ?? '', 'hex');
  const first = hasChain ? Buffer.alloc(0) : id;
  const known = database.transaction(() => vars.bytes(WORLD_ID, () => first));
  if (known.equals(id)) return journal;
  throw new SandboxError(
    'bad_option',
    known.length === 0
      ? `--dev-world=${directory}: the node in this --lightning-dir has a chain of its own. Use another --lightning-dir.`
      : 'The node in this --lightning-dir belongs to another shared world: set --dev-world to its directory.',
  );
}
