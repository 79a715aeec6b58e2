import {
  defaulted,
  escapedString,
  hex,
  oneOf,
  optional,
  type ParameterValues,
  required,
  u64,
} from '@clnrest/lightningd/parameters';
import { entryJson } from '../datastore/datastore-json.ts';
import type { Datastore, DatastoreEntry } from '../datastore/datastore.ts';
import type { CallWith } from '../node.ts';
import { datastoreKey } from '../params/datastore-key.ts';
import { defineCommand } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const MODES = [
  'must-create',
  'must-replace',
  'create-or-replace',
  'must-append',
  'create-or-append',
] as const;

type Mode = (typeof MODES)[number];

const mode = oneOf<Mode>(
  MODES,
  "should be 'must-create', 'must-replace', 'create-or-replace', 'must-append', or 'create-or-append'",
);

const parameters = {
  key: required(datastoreKey),
  string: optional(escapedString),
  hex: optional(hex),
  mode: defaulted(mode, 'must-create'),
  generation: optional(u64),
};

type Values = ParameterValues<typeof parameters>;

export const datastore = defineCommand({
  name: 'datastore',
  parameters,
  validate: (values, { node }: CallWith<'datastore'>) => void previous(values, node.datastore),
  run(values, { node }: CallWith<'datastore'>) {
    const { key } = values;
    const before = previous(values, node.datastore);
    const given = values.hex ?? Buffer.from(values.string ?? '');
    if (before === undefined) {
      node.datastore.create(key, given);
      return { ...entryJson({ key, data: given, generation: 0n }) };
    }
    const appends = values.mode === 'must-append' || values.mode === 'create-or-append';
    const data = appends ? Buffer.concat([before.data, given]) : given;
    node.datastore.update(key, data);
    return { ...entryJson({ key, data, generation: before.generation + 1n }) };
  },
});

/** The existing entry, if any. @throws CommandError if the mode or the key tree does not allow the change */
function previous(values: Values, store: Datastore): DatastoreEntry | undefined {
  const { key, generation } = values;
  const mustExist = values.mode === 'must-replace' || values.mode === 'must-append';
  const error = (code: ErrorCode, message: string): CommandError => new CommandError(code, message);
  if (values.string !== undefined && values.hex !== undefined) {
    throw error(ErrorCode.invalidParams, 'Cannot have both hex and string');
  }
  if (values.string === undefined && values.hex === undefined) {
    throw error(ErrorCode.invalidParams, 'Must have either hex or string');
  }
  if (generation !== undefined && !mustExist) {
    throw error(ErrorCode.invalidParams, 'generation only valid with must-replace or must-append');
  }
  const entry = store.get(key);
  if (entry === undefined) {
    if (store.hasChildren(key)) {
      throw error(ErrorCode.datastoreHasChildren, 'Key has children already');
    }
    for (let length = 1; length < key.length; length++) {
      const parent = key.slice(0, length);
      if (store.get(parent) === undefined) continue;
      throw error(ErrorCode.datastoreNoChildren, `Parent key [${parent.join(',')}] exists`);
    }
    if (mustExist) throw error(ErrorCode.datastoreMissing, 'Key does not exist');
    return undefined;
  }
  if (values.mode === 'must-create') {
    throw error(ErrorCode.datastoreExists, 'Key already exists');
  }
  if (generation !== undefined && entry.generation !== generation) {
    throw error(ErrorCode.datastoreWrongGeneration, 'generation is different');
  }
  return entry;
}
