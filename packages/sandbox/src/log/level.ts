/** lightningd's levels, least important first. */
const LOG_LEVELS = ['io', 'trace', 'debug', 'info', 'unusual', 'broken'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Whether a level is at least as important as the threshold. */
export function isAtLeast(level: LogLevel, threshold: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(threshold);
}

/** Parses a level, case-insensitively. Plugins also use the names warn and error. */
export function parseLogLevel(text: string): LogLevel | undefined {
  const name = text.toLowerCase();
  if (name === 'warn') return 'unusual';
  if (name === 'error') return 'broken';
  return LOG_LEVELS.find((level) => level === name);
}

/** The level as shown in the log, padded to seven characters. `**BROKEN**` is longer, as in lightningd's log. */
export function levelColumn(level: LogLevel): string {
  return level === 'broken' ? '**BROKEN**' : level.toUpperCase().padEnd(7);
}
