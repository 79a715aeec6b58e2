import type { PluginNotification } from '@clnrest/lightningd';

/** Returns a notification of the node, with the text of its parameters. */
export function notification(
  topic: string,
  text = `{${JSON.stringify(topic)}:{}}`,
): PluginNotification {
  return {
    topic,
    origin: undefined,
    paramsText: text,
    params: JSON.parse(text) as unknown,
    payload: undefined,
  };
}
