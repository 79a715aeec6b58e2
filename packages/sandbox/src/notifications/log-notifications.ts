import { isoMilliseconds, withNanoseconds } from '../clock.ts';
import type { LogBook } from '../log/log-book.ts';
import type { Notifier } from './notifier.ts';

/** Sends written log entries to the topic `log`, and unusual and broken ones to `warning`. */
export function notifyOfLog(book: LogBook, notifier: Notifier): void {
  book.onEntry((entry) => {
    const { time, level, source, message } = entry;
    const when = { time: withNanoseconds(time), timestamp: isoMilliseconds(time) };
    if (book.isWritten(entry)) {
      notifier.native('log', () => ({ level, ...when, source, log: message }));
    }
    if (level === 'unusual' || level === 'broken') {
      // The levels have the names that plugins use: observed on lightningd v26.06.6.
      const pluginLevel = level === 'broken' ? 'error' : 'warn';
      notifier.native('warning', () => ({ level: pluginLevel, ...when, source, log: message }));
    }
  });
}
