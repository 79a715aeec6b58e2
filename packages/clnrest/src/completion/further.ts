import { COMMAND_FACTS } from '@clnrest/commands';
import { OPTIONS as GATEWAY_OPTIONS } from '@clnrest/gateway/options';
import { VISIBLE_OPTIONS } from '@clnrest/sandbox/options';
import type { Completes, OptionEntries } from '../command-table/entry.ts';
import type { Further } from './shell-words.ts';

/** Options of the sandbox and the gateway that are paths. */
const PATHS: Readonly<Record<string, 'file' | 'directory'>> = {
  conf: 'file',
  'rpc-file': 'file',
  plugin: 'file',
  'important-plugin': 'file',
  'pid-file': 'file',
  'log-file': 'file',
  'lightning-dir': 'directory',
  'plugin-dir': 'directory',
  'rest-certs': 'directory',
};

/** Returns what the table of subcommands does not list: commands of the node, and options of lightningd and the gateway. */
export function furtherCompletions(): Further {
  const options = nodeOptions();
  const words = ['help', ...Object.keys(COMMAND_FACTS)];
  return { start: { options }, sandbox: { options }, cli: { words }, call: { words } };
}

function nodeOptions(): OptionEntries {
  const ofGateway = Object.entries(GATEWAY_OPTIONS).map(([name, { description }]) => ({
    name: `rest-${name}`,
    kind: 'string' as const,
    description,
  }));
  const entries = [...VISIBLE_OPTIONS, ...ofGateway].map(({ name, kind, description }) => [
    name,
    {
      help: description,
      ...(kind === 'flag' ? {} : { value: 'VALUE' }),
      ...completesOf(name),
    },
  ]);
  return Object.fromEntries(entries) as OptionEntries;
}

function completesOf(name: string): { readonly completes?: Completes } {
  const completes = PATHS[name];
  return completes === undefined ? {} : { completes };
}
