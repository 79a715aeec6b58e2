import { BUILTIN_PLUGIN_TOPICS, NATIVE_TOPICS } from '@clnrest/lightningd/topics';

/** Topics that the gateway never sends, or that no operator waits for. */
const RARE: ReadonlySet<string> = new Set([
  'deprecated_oneshot',
  'log',
  'openchannel_peer_sigs',
  'shutdown',
]);

/** Frequent topics of lightningd as suggestions. Topics of plugins are added when received. */
export const KNOWN_TOPICS: readonly string[] = [...NATIVE_TOPICS, ...BUILTIN_PLUGIN_TOPICS]
  .filter((topic) => !RARE.has(topic))
  .toSorted();
