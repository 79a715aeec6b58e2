/** lightningd's levels, least important first. */
const LOG_LEVELS = ['io', 'trace', 'debug', 'info', 'unusual', 'broken'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Is this at least as important as that? */
export function reaches(level: LogLevel, threshold: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(threshold);
}

/** Reads a level in any case; plugins also say warn and error. */
export function parseLogLevel(text: string): LogLevel | undefined {
  const word = text.toLowerCase();
  if (word === 'warn') return 'unusual';
  if (word === 'error') return 'broken';
  return LOG_LEVELS.find((level) => level === word);
}

/** How a level stands in the log: padded to seven, but for the one that must not be overlooked. */
export function levelColumn(level: LogLevel): string {
  return level === 'broken' ? '**BROKEN**' : level.toUpperCase().padEnd(7);
}
