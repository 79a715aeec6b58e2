import { type JsonToken, member } from '@clnrest/json/tokens';
import { PluginFault } from './fault.ts';

/** A hook that a plugin registered. */
export interface Hook {
  readonly name: string;
  /** Names of plugins that the node calls after this one. */
  readonly before: readonly string[];
  /** Names of plugins that the node calls before this one. */
  readonly after: readonly string[];
  /** The commands that `rpc_command` is called for; undefined means all. */
  readonly filters: readonly string[] | undefined;
}

/** The hooks that the sandbox calls. It accepts the others in a manifest. */
export const CALLED_HOOKS: ReadonlySet<string> = new Set([
  'rpc_command',
  'peer_connected',
  'custommsg',
  'openchannel',
  'htlc_accepted',
  'invoice_payment',
]);

/** lightningd's hooks, and the type of their filters. */
const HOOKS: ReadonlyMap<string, 'none' | 'texts' | 'integers'> = new Map([
  ['commitment_revocation', 'none'],
  ['custommsg', 'integers'],
  ['db_write', 'none'],
  ['htlc_accepted', 'none'],
  ['invoice_payment', 'none'],
  ['onion_message_recv', 'none'],
  ['onion_message_recv_secret', 'none'],
  ['openchannel', 'none'],
  ['openchannel2', 'none'],
  ['openchannel2_changed', 'none'],
  ['openchannel2_sign', 'none'],
  ['peer_connected', 'none'],
  ['rbf_channel', 'none'],
  ['recover', 'none'],
  ['rpc_command', 'texts'],
]);

/**
 * Reads one hook of a manifest: an object, or only a name.
 *
 * @throws PluginFault with lightningd's text
 */
export function readHook(token: JsonToken): Hook {
  const nameToken = token.type === 'object' ? member(token, 'name') : token;
  if (nameToken === undefined) throw new PluginFault(`no name in hook obj ${token.raw}`);
  const name = nameToken.text;
  const filterType = HOOKS.get(name);
  if (filterType === undefined) throw new PluginFault(`Unknown hook name ${name}`);
  return {
    name,
    before: names(token, 'before'),
    after: names(token, 'after'),
    filters: readFilters(name, filterType, member(token, 'filters')),
  };
}

function names(hook: JsonToken, which: 'before' | 'after'): readonly string[] {
  const list = member(hook, which);
  return list?.type === 'array' ? list.items.map(({ text }) => text) : [];
}

function readFilters(
  name: string,
  type: 'none' | 'texts' | 'integers',
  filters: JsonToken | undefined,
): readonly string[] | undefined {
  if (filters === undefined) return undefined;
  if (type === 'none') throw new PluginFault(`Hook ${name} does not allow filters`);
  if (filters.type !== 'array') throw new PluginFault('filters token must be an array');
  return filters.items.map(({ type: found, text, raw }) => {
    if (type === 'texts' && found !== 'string') {
      throw new PluginFault(`filters must be array of strings, not '${raw}'`);
    }
    if (type === 'integers' && !/^[0-9]+$/.test(text)) {
      throw new PluginFault(`filters must be array of unsigned integers, not '${raw}'`);
    }
    return text;
  });
}
