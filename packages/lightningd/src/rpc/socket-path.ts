import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { TransportError } from './errors.ts';

/**
 * The length of `sun_path` without its final zero byte: 107 bytes on Linux, 103 on macOS and the BSDs.
 * libuv must not receive a longer path: up to Node 20 it truncates the path and connects to another file.
 */
const MAX_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/** A path that the system accepts, and a function that releases its resources after connecting. */
export interface ConnectablePath {
  readonly path: string;
  release(): Promise<void>;
}

/**
 * Returns a path short enough to connect to. lightningd binds its socket from within its directory, so
 * the full path can be too long. Then the path is relative to the working directory or, if it is still
 * too long, goes through an open handle of the socket's directory (on Linux).
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
    `the path of the socket has ${bytes} bytes (limit: ${MAX_PATH_BYTES}): ${socketPath}`,
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
