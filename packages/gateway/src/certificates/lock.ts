import { randomBytes } from 'node:crypto';
import { open, rename, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isSystemError } from './files.ts';

const NAME = '.certificates.lock';
/** How long a holder may go without a sign of life. Issuing a set takes a tenth of a second. */
const STALE_MS = 5_000;
const POLL_MS = 50;

/**
 * Runs `work` while no other plugin does so for this directory: two that issue certificates at once
 * would leave a set of which half is one's and half the other's. A holder that was killed is
 * recognised by its lock growing old.
 */
export async function withLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const path = join(directory, NAME);
  const inode = await acquire(path);
  const heartbeat = setInterval(() => {
    const now = new Date();
    // A lock that can't be touched grows stale, and that is all that can be done.
    utimes(path, now, now).catch(() => undefined);
  }, STALE_MS / 5);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await release(path, inode);
  }
}

/** Removes the lock, unless it was taken for stale and is another's by now. */
async function release(path: string, inode: number): Promise<void> {
  try {
    const found = await stat(path);
    if (found.ino === inode) await unlink(path);
  } catch (error) {
    ignoreMissing(error);
  }
}

/** Makes the lock as soon as nobody else has it. Gives its inode. */
async function acquire(path: string): Promise<number> {
  for (;;) {
    try {
      const file = await open(path, 'wx', 0o600);
      try {
        const { ino } = await file.stat();
        return ino;
      } finally {
        await file.close();
      }
    } catch (error) {
      if (!isSystemError(error, 'EEXIST')) throw error;
    }
    if (!(await removeStale(path))) await delay(POLL_MS);
  }
}

/** Takes away a lock whose holder is gone. Of several who try, one succeeds. */
async function removeStale(path: string): Promise<boolean> {
  try {
    const seen = await stat(path);
    if (Date.now() - seen.mtimeMs < STALE_MS) return false;
    const taken = `${path}.${randomBytes(6).toString('hex')}`;
    await rename(path, taken);
    const got = await stat(taken);
    if (got.ino !== seen.ino) {
      // Another was faster and this is its fresh lock: give it back.
      await rename(taken, path);
      return false;
    }
    await unlink(taken);
    return true;
  } catch (error) {
    ignoreMissing(error);
    return true;
  }
}

function ignoreMissing(error: unknown): void {
  if (!isSystemError(error, 'ENOENT')) throw error;
}
