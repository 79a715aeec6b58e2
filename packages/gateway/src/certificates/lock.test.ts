import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { type LockTimes, withLock } from './lock.ts';

const TIMES: LockTimes = { staleMs: 150, pollMs: 5, waitMs: 1_500 };
const HOUR_MS = 3_600_000;

/** A directory and its lock, created by another process at this time. */
function lockedDirectory(mtime = new Date()): { directory: string; lock: string } {
  const directory = temporaryDirectory();
  const lock = join(directory, '.certificates.lock');
  writeFileSync(lock, '');
  utimesSync(lock, mtime, mtime);
  return { directory, lock };
}

/** Touches a lock as its holder does, with another clock. Returns a function that stops it. */
function holdAlive(lock: string, clock: () => number): () => void {
  const timer = setInterval(() => {
    const now = new Date(clock());
    utimesSync(lock, now, now);
  }, TIMES.staleMs / 10);
  const end = (): void => clearInterval(timer);
  onTestFinished(end);
  return end;
}

/** Counts how many work at once. */
function workCounter() {
  let working = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    working++;
    most = Math.max(most, working);
    await delay(10);
    working--;
  };
  return { work, most: () => most };
}

describe('a lock whose holder was killed', () => {
  test.each([
    ['just now', 0],
    ['an hour ago', -HOUR_MS],
    ['in an hour, by a clock that was set back later', HOUR_MS],
    ['in a hundred years', 876_600 * HOUR_MS],
  ])('%s is removed', async (_when, offset) => {
    const { directory, lock } = lockedDirectory(new Date(Date.now() + offset));
    expect(await withLock(directory, async () => existsSync(lock), TIMES)).toBe(true);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('is acquired by one waiter at a time', async () => {
    for (let round = 0; round < 5; round++) {
      const { directory } = lockedDirectory(new Date(Date.now() + HOUR_MS));
      const { work, most } = workCounter();
      await Promise.all(Array.from({ length: 8 }, () => withLock(directory, work, TIMES)));
      expect(most()).toBe(1);
      expect(readdirSync(directory)).toEqual([]);
    }
  });

  test('is removed after another process was killed while removing it', async () => {
    const { directory, lock } = lockedDirectory();
    writeFileSync(`${lock}.removal`, '');
    const { work, most } = workCounter();
    await Promise.all(Array.from({ length: 8 }, () => withLock(directory, work, TIMES)));
    expect(most()).toBe(1);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('that is a dangling symbolic link is removed', async () => {
    const directory = temporaryDirectory();
    symlinkSync(join(directory, 'nothing'), join(directory, '.certificates.lock'));
    await withLock(directory, async () => undefined, TIMES);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('a lock whose holder is alive', () => {
  test.each([
    ['with the same clock', () => Date.now()],
    ['an hour behind', () => Date.now() - HOUR_MS],
    ['an hour ahead', () => Date.now() + HOUR_MS],
    ['set back again and again', () => 2 * Date.now() - 3 * performance.now()],
  ])('is waited for, with a clock %s', async (_clock, clock) => {
    const { directory, lock } = lockedDirectory();
    const end = holdAlive(lock, clock);
    let isReleased = false;
    const working = withLock(directory, async () => isReleased, TIMES);
    await delay(4 * TIMES.staleMs);
    isReleased = true;
    end();
    unlinkSync(lock);
    expect(await working).toBe(true);
  });

  test.each([-HOUR_MS, HOUR_MS])(
    'keeps others waiting while their clock is set by %d ms',
    async (by) => {
      vi.useFakeTimers({ toFake: ['Date'] });
      onTestFinished(() => void vi.useRealTimers());
      const directory = temporaryDirectory();
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      let first: Promise<void> = Promise.resolve();
      await new Promise<void>((acquired) => {
        first = withLock(directory, () => (acquired(), released), TIMES);
      });
      let isReleased = false;
      const second = withLock(directory, async () => isReleased, TIMES);
      await delay(TIMES.staleMs);
      vi.setSystemTime(Date.now() + by);
      await delay(3 * TIMES.staleMs);
      isReleased = true;
      release();
      await first;
      expect(await second).toBe(true);
      expect(readdirSync(directory)).toEqual([]);
    },
  );

  test('keeps others waiting only for a limited time', async () => {
    const { directory, lock } = lockedDirectory();
    const times = { ...TIMES, waitMs: 300 };
    holdAlive(lock, Date.now);
    await expect(withLock(directory, async () => undefined, times)).rejects.toThrow(
      `another process has kept ${lock} locked for 0.3 seconds`,
    );
    expect(readdirSync(directory)).toEqual(['.certificates.lock']);
  });
});

describe('the holder', () => {
  test('releases the lock when its work fails', async () => {
    const directory = temporaryDirectory();
    const failing = withLock(directory, async () => Promise.reject(new Error('no space')), TIMES);
    await expect(failing).rejects.toThrow('no space');
    expect(readdirSync(directory)).toEqual([]);
  });

  test('does not remove a lock that another process has created since', async () => {
    const directory = temporaryDirectory();
    const lock = join(directory, '.certificates.lock');
    const replace = async (): Promise<void> => {
      unlinkSync(lock);
      writeFileSync(lock, 'of another');
    };
    await withLock(directory, replace, TIMES);
    expect(readFileSync(lock, 'utf8')).toBe('of another');
  });

  test('reports a directory in which no file can be created', async () => {
    const directory = join(temporaryDirectory(), 'missing');
    await expect(withLock(directory, async () => undefined, TIMES)).rejects.toThrow('ENOENT');
    mkdirSync(directory);
    await withLock(directory, async () => undefined, TIMES);
  });
});
