import { isUtf8 } from 'node:buffer';
import type { JsonObject } from '../json/output.ts';
import type { DatastoreEntry } from './datastore.ts';

/** An entry in the format of all commands. `string` is present if the data is UTF-8 without a zero byte. */
export function entryJson({ key, data, generation }: DatastoreEntry): JsonObject {
  return {
    key,
    generation,
    hex: data.toString('hex'),
    string: isUtf8(data) && !data.includes(0) ? data.toString('utf8') : undefined,
  };
}
