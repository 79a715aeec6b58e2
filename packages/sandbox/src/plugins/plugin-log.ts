import { type JsonToken, member, unescapeText } from '@clnrest/json/tokens';
import { parseLogLevel } from '../log/level.ts';
import type { Logger } from '../log/log-book.ts';
import { PluginFault } from './fault.ts';

/**
 * Handles a plugin's `log` notification: logs each line as an entry.
 *
 * @throws PluginFault for a notification that lightningd rejects
 */
export function logForPlugin(params: JsonToken, log: Logger): void {
  const message = member(params, 'message');
  if (message?.type !== 'string') {
    throw new PluginFault('Log notification from plugin doesn\'t have a string "message" field');
  }
  const levelToken = member(params, 'level');
  const level = levelToken === undefined ? 'info' : parseLogLevel(levelToken.text);
  if (level === undefined || level === 'io') {
    throw new PluginFault(
      `Unknown log-level ${levelToken?.raw ?? ''}, valid values are "trace", "debug", "info", "warn", or "error".`,
    );
  }
  for (const line of (unescapeText(message.text) ?? message.text).split('\n')) log.log(level, line);
}
