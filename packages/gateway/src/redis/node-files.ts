import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** The name of lightningd's socket, if its options do not name another. */
export const SOCKET_FILE = 'lightning-rpc';
/** The name of lightningd's database, if its options do not name another. */
export const DATABASE_FILE = 'lightningd.sqlite3';

/** What each run of lightningd changes in its directory. */
export interface NodeFiles {
  /** The network's directory. lightningd starts plugins in it. */
  readonly directory: string;
  /** When the socket was created. Each run replaces the file, and it stays after the end of the run. */
  readonly socket: string | undefined;
  /** The number of transactions that have changed the database. Each run makes some before it sends `init` to plugins. */
  readonly database: string | undefined;
}

/**
 * Reads the files. At the start of a plugin that starts with the node, they are as the run before has left them: lightningd waits
 * for the plugins' manifests before it opens its database and its socket (`main` in lightningd/lightningd.c, v26.06.6).
 */
export function readNodeFiles(directory: string): NodeFiles {
  return {
    directory,
    socket: readIfPossible(() => socketCreation(`${directory}/${SOCKET_FILE}`)),
    database: readIfPossible(() => changesOf(`${directory}/${DATABASE_FILE}`)),
  };
}

function socketCreation(path: string): string {
  return String(statSync(path, { bigint: true }).mtimeNs);
}

/** SQLite's file header (https://www.sqlite.org/fileformat.html, section 1.3). */
const HEADER_BYTES = 100;
const WRITE_VERSION = 18;
const ROLLBACK_JOURNAL = 1;
const CHANGE_COUNTER = 24;

/** The change counter of a database. With a write-ahead log, SQLite does not increment it for each transaction. */
function changesOf(path: string): string | undefined {
  const header = Buffer.alloc(HEADER_BYTES);
  const file = openSync(path, 'r');
  try {
    if (readSync(file, header, 0, HEADER_BYTES, 0) !== HEADER_BYTES) return undefined;
  } finally {
    closeSync(file);
  }
  return header[WRITE_VERSION] === ROLLBACK_JOURNAL
    ? String(header.readUInt32BE(CHANGE_COUNTER))
    : undefined;
}

function readIfPossible<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
