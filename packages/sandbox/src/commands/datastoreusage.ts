import { optional } from '@clnrest/lightningd/parameters';
import type { CallWith } from '../node.ts';
import { datastoreKey } from '../params/datastore-key.ts';
import { defineCommand } from './command.ts';

export const datastoreusage = defineCommand({
  name: 'datastoreusage',
  parameters: { key: optional(datastoreKey) },
  run({ key: given = [] }, { node }: CallWith<'datastore'>) {
    const key = given[0] === '' ? [] : given;
    let bytes = 0;
    for (const entry of node.datastore.beneath(key)) {
      // The database stores a key with one byte between its parts.
      const keyBytes = entry.key.reduce((sum, part) => sum + Buffer.byteLength(part) + 1, -1);
      bytes += keyBytes + entry.data.length;
    }
    return { datastoreusage: { key: `[${key.join(',')}]`, total_bytes: bytes } };
  },
});
