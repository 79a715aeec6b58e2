import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes the header of an SQLite database that a number of transactions have changed, as lightningd's in a directory. */
export function writeDatabase(directory: string, changes: number): void {
  const header = Buffer.alloc(100);
  header.write('SQLite format 3\0');
  header.writeUInt8(1, 18);
  header.writeUInt8(1, 19);
  header.writeUInt32BE(changes, 24);
  writeFileSync(join(directory, 'lightningd.sqlite3'), header);
}
