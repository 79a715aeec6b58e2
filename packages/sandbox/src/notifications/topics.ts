import { BUILTIN_PLUGIN_TOPICS, NATIVE_TOPICS } from '@clnrest/lightningd/topics';

const native: ReadonlySet<string> = new Set(NATIVE_TOPICS);
const builtin: ReadonlySet<string> = new Set(BUILTIN_PLUGIN_TOPICS);

/** Whether lightningd itself sends this notification. A plugin cannot declare it. */
export function isNativeTopic(topic: string): boolean {
  return native.has(topic);
}

/** Whether a plugin that is part of lightningd sends it. The sandbox implements these plugins itself. */
export function isBuiltinTopic(topic: string): boolean {
  return builtin.has(topic);
}
