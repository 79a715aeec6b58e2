import { invalidToken, type Parser } from '@clnrest/lightningd/parameters';
import { parseLogLevel, type LogLevel } from '../log/level.ts';

export const logLevel: Parser<LogLevel> = (token, name) => {
  const level = parseLogLevel(token.text);
  if (level === undefined) {
    throw invalidToken(name, "should be 'io', 'debug', 'info', or 'unusual'", token);
  }
  return level;
};
