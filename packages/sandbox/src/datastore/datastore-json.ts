import { isUtf8 } from 'node:buffer';
import type { JsonObject } from '../json/output.ts';
import type { DatastoreEntry } from './datastore.ts';

/** An entry as all commands show it: as text, too, where it is text. */
export const entryJson = ({ key, data, generation }: DatastoreEntry): JsonObject => ({
  key,
  generation,
  hex: data.toString('hex'),
  string: isUtf8(data) && !data.includes(0) ? data.toString('utf8') : undefined,
});
