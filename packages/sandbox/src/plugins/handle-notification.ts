import { parseToken } from '@clnrest/json/tokens';
import { findMember, type Frame } from '../json/frame-scanner.ts';
import type { Notifier } from '../notifications/notifier.ts';
import { PluginFault } from './fault.ts';
import type { Plugin } from './plugin.ts';
import { logForPlugin } from './plugin-log.ts';

/**
 * Handles a notification from a plugin: a log entry, the progress of a command, or a topic that the manifest declares.
 *
 * @throws PluginFault for a notification that lightningd rejects
 */
export function handleNotification(plugin: Plugin, frame: Frame, notifier: Notifier): void {
  const method = findMember(frame, 'method');
  const params = findMember(frame, 'params');
  if (method === undefined || params === undefined) {
    throw new PluginFault(
      `Malformed JSON-RPC notification missing "method" or "params": ${frame.bytes.toString('utf8')}`,
    );
  }
  const raw = frame.bytes.subarray(params.start, params.end);
  const name = parseToken(frame.bytes.toString('utf8', method.start, method.end)).text;
  switch (name) {
    case 'log':
      logForPlugin(parseToken(raw.toString('utf8')), plugin.log);
      return;
    case 'message':
    case 'progress':
      if (!plugin.handleProgress(name, raw)) {
        throw new PluginFault('JSON-RPC notify "id"-field is not present');
      }
      return;
    default:
      if (plugin.manifest?.notifications.includes(name) === true) {
        notifier.custom(name, plugin.name, raw);
        return;
      }
      plugin.log.log(
        'unusual',
        `Plugin attempted to send a notification to topic "${name}" it hasn't declared in its manifest, not forwarding to subscribers.`,
      );
  }
}
