import { type FileHandle, lstat, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isSystemError } from './files.ts';

const NAME = '.certificates.lock';

/** The times of a lock, in milliseconds. */
export interface LockTimes {
  /** A lock that does not change for this time is stale. Its holder touches it five times as often. */
  readonly staleMs: number;
  readonly pollMs: number;
  /** A waiter gives up after this time if the holder is alive. */
  readonly waitMs: number;
}

/** Issuing certificates takes a tenth of a second. lightningd gives a plugin 60 seconds to start. */
const TIMES: LockTimes = { staleMs: 5_000, pollMs: 50, waitMs: 30_000 };

/**
 * Runs `work` while no other process runs it for this directory: if two plugins issued certificates at once, half of
 * the files would be from each. The lock of a killed process no longer changes, so a waiter can detect and remove it.
 *
 * Throws if another process does not release the lock in time.
 */
export async function withLock<T>(
  directory: string,
  work: () => Promise<T>,
  times: LockTimes = TIMES,
): Promise<T> {
  const path = join(directory, NAME);
  // The open handle keeps the inode from being used for another lock, even if the file is removed.
  const lock = await acquire(path, times);
  const heartbeat = setInterval(() => {
    const now = new Date();
    // If this fails, the lock becomes stale, and another process removes it.
    lock.utimes(now, now).catch(() => undefined);
  }, times.staleMs / 5);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await release(path, lock);
  }
}

/** Removes the lock, unless another process considered it stale and removed it. */
async function release(path: string, lock: FileHandle): Promise<void> {
  try {
    const bigint = true;
    const [own, found] = await Promise.all([lock.stat({ bigint }), lstat(path, { bigint })]);
    if (found.ino === own.ino && found.dev === own.dev) await unlink(path);
  } catch (error) {
    ignoreMissing(error);
  } finally {
    await lock.close();
  }
}

/** Creates the lock as soon as no other process holds it. */
async function acquire(path: string, times: LockTimes): Promise<FileHandle> {
  const watch = new Watch(times);
  for (;;) {
    const lock = await create(path);
    if (lock !== undefined) return lock;
    const seen = await versionOf(path);
    if (seen === undefined) continue;
    watch.see(seen);
    if (watch.isStale) await removeStale(path, seen, times);
    else if (watch.isTooLong) throw new Error(tooLong(path, times));
    else await delay(times.pollMs);
  }
}

function tooLong(path: string, { waitMs }: LockTimes): string {
  return `another process has kept ${path} locked for ${waitMs / 1_000} seconds: stop it, or remove that file if no plugin is starting`;
}

/** Creates the lock. Returns `undefined` if it exists. */
async function create(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return undefined;
    throw error;
  }
}

/** Identifies the lock as it is now: another file, or another time at which its holder touched it, changes it. */
async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, mtimeNs, ctimeNs } = await lstat(path, { bigint: true });
    return `${dev} ${ino} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    ignoreMissing(error);
    return undefined;
  }
}

/**
 * Decides whether a lock is stale. Only whether the lock changes counts: file times and the clock are not compared,
 * because the clock can be changed and the file's time can come from another machine.
 */
class Watch {
  readonly #times: LockTimes;
  #seen: string | undefined;
  #observed = performance.now();
  /** Observed times: since the lock changed, and since this process has waited. */
  #unchangedMs = 0;
  #waitedMs = 0;

  constructor(times: LockTimes) {
    this.#times = times;
  }

  see(version: string): void {
    const now = performance.now();
    // If the system paused this process, it can have paused the holder too: do not count that time.
    const passed = Math.min(now - this.#observed, 4 * this.#times.pollMs);
    this.#observed = now;
    this.#waitedMs += passed;
    this.#unchangedMs = version === this.#seen ? this.#unchangedMs + passed : 0;
    this.#seen = version;
  }

  get isStale(): boolean {
    return this.#unchangedMs >= this.#times.staleMs;
  }

  get isTooLong(): boolean {
    return this.#waitedMs >= this.#times.waitMs;
  }
}

/**
 * Removes a stale lock, under a lock of its own: without it, a slow process could remove the fresh lock of a faster
 * one. If a process is killed while it holds that second lock, a waiter removes it in the same way.
 */
async function removeStale(path: string, stale: string, times: LockTimes): Promise<void> {
  const removalPath = `${path}.removal`;
  const removal = await acquire(removalPath, times);
  try {
    if ((await versionOf(path)) === stale) await unlink(path);
  } catch (error) {
    ignoreMissing(error);
  } finally {
    await release(removalPath, removal);
  }
}

function ignoreMissing(error: unknown): void {
  if (!isSystemError(error, 'ENOENT')) throw error;
}
