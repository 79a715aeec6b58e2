import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { TransportError } from './errors.ts';

/**
 * What `sun_path` holds besides its final zero byte: 107 bytes on Linux, 103 on macOS and the BSDs.
 * A longer path must not reach libuv, which up to Node 20 cuts it off and connects to another file.
 */
const MAX_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/** A path that the system takes for the socket, and what must be let go once connected. */
export interface ConnectablePath {
  readonly path: string;
  release(): Promise<void>;
}

/**
 * lightningd itself binds its socket from within its directory, so a node under a long path works
 * and its socket's full path may still be too long to connect to. Then the socket is reached from
 * the working directory if that is near, else (on Linux) through an open handle of its directory.
 */
export async function connectablePath(socketPath: string): Promise<ConnectablePath> {
  if (fits(socketPath)) return { path: socketPath, release: nothing };
  const near = relative(process.cwd(), resolve(socketPath));
  if (fits(near)) return { path: near, release: nothing };
  const name = basename(socketPath);
  if (process.platform === 'linux' && fits(`/proc/self/fd/1234567890/${name}`)) {
    const directory = await openDirectory(socketPath);
    return {
      path: `/proc/self/fd/${directory.fd}/${name}`,
      release: () => directory.close(),
    };
  }
  const bytes = Buffer.byteLength(socketPath);
  throw new TransportError(
    'socket_missing',
    `the path of the socket has ${bytes} bytes, this system takes ${MAX_PATH_BYTES}: ${socketPath}`,
  );
}

async function openDirectory(socketPath: string): Promise<FileHandle> {
  try {
    return await open(dirname(socketPath), 'r');
  } catch (cause) {
    throw new TransportError('socket_missing', `no socket at ${socketPath}`, { cause });
  }
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= MAX_PATH_BYTES;
}

async function nothing(): Promise<void> {
  // Nothing was opened.
}
