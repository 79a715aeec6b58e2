import type { PluginNotification } from '@clnrest/lightningd';

/** A notification as it comes from the node, with the text of its parameters. */
export function told(topic: string, text = `{${JSON.stringify(topic)}:{}}`): PluginNotification {
  return {
    topic,
    origin: undefined,
    paramsText: text,
    params: JSON.parse(text) as unknown,
    payload: undefined,
  };
}
