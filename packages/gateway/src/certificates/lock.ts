import { randomBytes } from 'node:crypto';
import { type FileHandle, link, lstat, open, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isSystemError } from './files.ts';

const NAME = '.certificates.lock';

/** How the lock is kept and waited for. All times in milliseconds. */
export interface LockTimes {
  /** Time after which a lock is stale that its holder does not touch. It touches it five times as often. */
  readonly staleMs: number;
  readonly pollMs: number;
  /** Time after which a waiter gives up on a lock whose holder is alive. */
  readonly waitMs: number;
}

/** To issue a set takes a tenth of a second. lightningd gives a plugin 60 seconds to start. */
const TIMES: LockTimes = { staleMs: 5_000, pollMs: 50, waitMs: 30_000 };

/**
 * Runs `work` while no other plugin does so for this directory: two that issue certificates at once
 * would leave a set of which half is one's and half the other's. A lock whose holder was killed
 * changes no more, by which a waiter recognises it.
 *
 * Throws with a sentence if another process does not release the lock in time.
 */
export async function withLock<T>(
  directory: string,
  work: () => Promise<T>,
  times: LockTimes = TIMES,
): Promise<T> {
  const path = join(directory, NAME);
  // The handle stays open: its inode can't become another's lock, whatever happens to the file.
  const lock = await acquire(path, times);
  const heartbeat = setInterval(() => {
    const now = new Date();
    // A lock that can't be touched grows stale, and that is all that can be done.
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

/** Makes the lock as soon as no other process has it. */
async function acquire(path: string, times: LockTimes): Promise<FileHandle> {
  const watch = new Watch(times);
  for (;;) {
    const lock = await create(path);
    if (lock !== undefined) return lock;
    const seen = await versionOf(path);
    if (seen === undefined) continue;
    watch.see(seen);
    if (watch.isStale) await remove(path, seen);
    else if (watch.isTooLong) throw new Error(tooLong(path, times));
    else await delay(times.pollMs);
  }
}

function tooLong(path: string, { waitMs }: LockTimes): string {
  return `another process has kept ${path} locked for ${waitMs / 1_000} seconds: stop it, or remove that file if no plugin is starting`;
}

/** Makes the lock, or returns `undefined` if there is one. */
async function create(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return undefined;
    throw error;
  }
}

/** A lock as it is at some moment. Two are equal if neither a holder nor its lock is another since. */
interface Version {
  /** Which file it is, and when its holder touched it. To rename the file does not change this. */
  readonly file: string;
  /** The same with the kernel's own time of the last change. */
  readonly all: string;
}

async function versionOf(path: string): Promise<Version | undefined> {
  try {
    const { dev, ino, mtimeNs, ctimeNs } = await lstat(path, { bigint: true });
    const file = `${dev} ${ino} ${mtimeNs}`;
    return { file, all: `${file} ${ctimeNs}` };
  } catch (error) {
    ignoreMissing(error);
    return undefined;
  }
}

/**
 * What a waiter observes of a lock. It compares no file times with a clock: either can be set back or
 * forward, and the file's can be another machine's. Only whether the lock changes counts.
 */
class Watch {
  readonly #times: LockTimes;
  #seen: string | undefined;
  #observed = performance.now();
  /** Time for which the lock has not changed, and for which there has been one, as far as observed. */
  #unchangedMs = 0;
  #waitedMs = 0;

  constructor(times: LockTimes) {
    this.#times = times;
  }

  see({ all }: Version): void {
    const now = performance.now();
    // A waiter that could not run observed nothing: the holder may have been kept from running, too.
    const passed = Math.min(now - this.#observed, 4 * this.#times.pollMs);
    this.#observed = now;
    this.#waitedMs += passed;
    this.#unchangedMs = all === this.#seen ? this.#unchangedMs + passed : 0;
    this.#seen = all;
  }

  get isStale(): boolean {
    return this.#unchangedMs >= this.#times.staleMs;
  }

  get isTooLong(): boolean {
    return this.#waitedMs >= this.#times.waitMs;
  }
}

/** Removes a stale lock. Of several processes that try, one succeeds. */
async function remove(path: string, stale: Version): Promise<void> {
  const taken = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    if ((await versionOf(path))?.all !== stale.all) return;
    await rename(path, taken);
    // Another process was faster, and this is its fresh lock.
    if ((await versionOf(taken))?.file !== stale.file) await giveBack(taken, path);
    else await unlink(taken);
  } catch (error) {
    ignoreMissing(error);
  }
}

/** Moves a lock back, but not in the place of a newer one. */
async function giveBack(taken: string, path: string): Promise<void> {
  try {
    await link(taken, path);
  } catch (error) {
    // Some file systems have no links.
    if (!isSystemError(error, 'EEXIST')) return rename(taken, path);
  }
  await unlink(taken);
}

function ignoreMissing(error: unknown): void {
  if (!isSystemError(error, 'ENOENT')) throw error;
}
