import type { DatastoreEntry } from '../datastore/datastore.ts';
import { entryJson } from '../datastore/datastore-json.ts';
import type { Node } from '../node.ts';
import { datastoreKey } from '../params/datastore-key.ts';
import { optional, required, type ParameterValues } from '../params/declaration.ts';
import { u64 } from '../params/numbers.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const parameters = { key: required(datastoreKey), generation: optional(u64) };

export const deldatastore = defineCommand({
  name: 'deldatastore',
  parameters,
  validate: (values, { node }) => void deletable(values, node),
  run(values, { node }) {
    const entry = deletable(values, node);
    node.datastore.remove(values.key);
    return { ...entryJson(entry) };
  },
});

const deletable = (
  { key, generation }: ParameterValues<typeof parameters>,
  node: Node,
): DatastoreEntry => {
  const entry = node.datastore.get(key);
  if (entry === undefined) {
    throw new CommandError(ErrorCode.datastoreDeleteMissing, 'Key does not exist');
  }
  if (generation !== undefined && generation !== entry.generation) {
    throw new CommandError(ErrorCode.datastoreDeleteWrongGeneration, 'generation is different');
  }
  return entry;
};
