import { optional, type ParameterValues, required, u64 } from '@clnrest/lightningd/parameters';
import { entryJson } from '../datastore/datastore-json.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { DatastoreEntry } from '../datastore/datastore.ts';
import type { CallWith } from '../node.ts';
import { datastoreKey } from '../params/datastore-key.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const parameters = { key: required(datastoreKey), generation: optional(u64) };

export const deldatastore = defineCommand({
  name: 'deldatastore',
  parameters,
  validate: (values, { node }: CallWith<'datastore'>) => void deletable(values, node.datastore),
  run(values, { node }: CallWith<'datastore'>) {
    const entry = deletable(values, node.datastore);
    node.datastore.remove(values.key);
    return { ...entryJson(entry) };
  },
});

function deletable(
  { key, generation }: ParameterValues<typeof parameters>,
  datastore: Datastore,
): DatastoreEntry {
  const entry = datastore.get(key);
  if (entry === undefined) {
    throw new CommandError(ErrorCode.datastoreDeleteMissing, 'Key does not exist');
  }
  if (generation !== undefined && generation !== entry.generation) {
    throw new CommandError(ErrorCode.datastoreDeleteWrongGeneration, 'generation is different');
  }
  return entry;
}
