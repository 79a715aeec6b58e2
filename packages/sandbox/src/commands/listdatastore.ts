import { optional } from '@clnrest/lightningd/parameters';
import { entryJson } from '../datastore/datastore-json.ts';
import { startsWith, type Datastore, type DatastoreKey } from '../datastore/datastore.ts';
import type { JsonOutput } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { datastoreKey } from '../params/datastore-key.ts';
import { defineCommand } from './command.ts';

export const listdatastore = defineCommand({
  name: 'listdatastore',
  parameters: { key: optional(datastoreKey) },
  run: ({ key = [] }, { node }: CallWith<'datastore'>) => ({
    datastore: entries(node.datastore, key),
  }),
});

/** The entries at a key and its children. Deeper entries appear as a key without data. */
function* entries(store: Datastore, key: DatastoreKey): Generator<JsonOutput> {
  let branch: DatastoreKey | undefined;
  for (const entry of store.beneath(key)) {
    if (entry.key.length <= key.length + 1) {
      yield entryJson(entry);
    } else if (branch === undefined || !startsWith(entry.key, branch)) {
      branch = entry.key.slice(0, key.length + 1);
      yield { key: branch };
    }
  }
}
