import type { Log } from '../http/refusal-log.ts';

/** The levels of log lines, the least important first. */
export const LOG_LEVELS = ['debug', 'info', 'unusual', 'broken'] as const;

/** The formats of log lines. */
export const LOG_FORMATS = ['plain', 'json'] as const;

/** The settings of a {@link logWriter}. */
export interface LogSettings {
  readonly format: (typeof LOG_FORMATS)[number];
  /** The least important level that is written. */
  readonly level: (typeof LOG_LEVELS)[number];
}

/**
 * Writes log lines with their time and level: one JSON object for each line, or plain text. A message with line breaks
 * becomes several lines of plain text.
 *
 * @param write - writes text that ends with a line break
 */
export function logWriter(
  { format, level: least }: LogSettings,
  write: (text: string) => void,
  now: () => Date = () => new Date(),
): Log {
  return (level, message) => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return;
    const time = now().toISOString();
    if (format === 'json') {
      write(`${JSON.stringify({ time, level, message })}\n`);
      return;
    }
    for (const line of message.split(/\r\n|\r|\n/)) {
      write(`${time} ${level.toUpperCase().padEnd(7)} ${line}\n`);
    }
  };
}
