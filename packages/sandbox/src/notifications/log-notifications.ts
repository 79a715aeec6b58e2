import { isoMilliseconds, withNanoseconds } from '../clock.ts';
import type { LogBook } from '../log/log-book.ts';
import type { Notifier } from './notifier.ts';

/** Tells subscribers of `log` what is printed, and those of `warning` what they should look at. */
export function notifyOfLog(book: LogBook, notifier: Notifier): void {
  book.onEntry(({ time, level, source, message }) => {
    const when = { time: withNanoseconds(time), timestamp: isoMilliseconds(time) };
    if (book.isPrinted(level, source)) {
      notifier.native('log', () => ({ level, ...when, source, log: message }));
    }
    if (level === 'unusual' || level === 'broken') {
      // Named as plugins name levels: observed on lightningd v26.06.6.
      const named = level === 'broken' ? 'error' : 'warn';
      notifier.native('warning', () => ({ level: named, ...when, source, log: message }));
    }
  });
}
