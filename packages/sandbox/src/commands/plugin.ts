import { resolve } from 'node:path';
import { existsSync } from 'node:fs';
import type { CommandResult } from '../json/output.ts';
import type { Node } from '../node.ts';
import type { Setting } from '../options/definition.ts';
import {
  optional,
  required,
  type Parameters,
  type ParameterValues,
} from '../params/declaration.ts';
import { readParams, type ParamsToken } from '../params/read.ts';
import { anything, string } from '../params/texts.ts';
import type { PluginFault } from '../plugins/fault.ts';
import {
  canonicalPath,
  isExecutable,
  pathsMatch,
  pluginsIn,
  pluginsInDefault,
} from '../plugins/plugin-files.ts';
import { checked, type Command, type CommandCall } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const SUBCOMMANDS = ['start', 'stop', 'startdir', 'rescan', 'list'] as const;

type Subcommand = (typeof SUBCOMMANDS)[number];

const invalid = (message: string): CommandError =>
  new CommandError(ErrorCode.invalidParams, message);

/** Manages plugins while the node runs. */
export const plugin: Command = {
  name: 'plugin',
  usage: `subcommand=${SUBCOMMANDS.join('|')}`,
  run: (call, params) => prepare(call, params)(),
  check(call, params) {
    prepare(call, params);
    return checked('plugin');
  },
};

/** Reads the parameters, which depend on the first of them. @returns what then does it */
const prepare = (
  call: CommandCall,
  params: ParamsToken,
): (() => CommandResult | Promise<CommandResult>) => {
  const { node } = call;
  const read = <P extends Parameters>(parameters: P, allowExtra = false): ParameterValues<P> =>
    readParams(parameters, params, { developer: node.developer, allowExtra });
  const { subcommand } = read({ subcommand: required(string) }, true);
  if (!isSubcommand(subcommand)) throw invalid(`Unknown subcommand '${subcommand}'`);
  const common = { subcommand: optional(anything) };
  switch (subcommand) {
    case 'list':
      read(common);
      return () => list(node, 'list');
    case 'rescan':
      read(common);
      return () => startAll(call, 'rescan', pluginsInDefault(defaultDirectory(node)));
    case 'startdir': {
      const { directory } = read({ ...common, directory: required(string) });
      if (!existsSync(resolve(node.directory.network, directory))) {
        throw invalid(`Could not open ${directory}`);
      }
      const found = pluginsIn(resolve(node.directory.network, directory));
      if (found === undefined) throw invalid(`Failed to open plugin-dir ${directory}`);
      return () => startAll(call, 'startdir', found);
    }
    case 'stop': {
      const { plugin: name } = read({ ...common, plugin: required(string) });
      return () => stop(node, name);
    }
    case 'start': {
      const { plugin: name } = read({ ...common, plugin: required(string) }, true);
      if (params.type === 'array' && params.items.length !== 2) {
        throw invalid('Extra parameters must be in object');
      }
      const path = executable(node, name);
      return () => start(call, path, settingsFor(params));
    }
  }
};

const isSubcommand = (text: string): text is Subcommand =>
  SUBCOMMANDS.some((subcommand) => subcommand === text);

const defaultDirectory = (node: Node): string => resolve(node.directory.base, 'plugins');

const list = (node: Node, command: Subcommand): CommandResult => ({
  command,
  plugins: node.plugins.list().map(({ path, state, manifest }) => ({
    name: path,
    active: state === 'running',
    dynamic: manifest?.dynamic ?? false,
  })),
});

/** The file that is meant: by its path, or in the directory where plugins lie. */
const executable = (node: Node, name: string): string => {
  const inDefault = resolve(defaultDirectory(node), name);
  const found = [resolve(node.directory.network, name), inDefault].find(isExecutable);
  const path = found === undefined ? undefined : canonicalPath(found);
  if (path !== undefined) return path;
  const why = existsSync(inDefault) ? 'Permission denied' : 'No such file or directory';
  throw invalid(`${inDefault} is not executable: ${why}`);
};

/** What is given besides the plugin are its options. */
const settingsFor = (params: ParamsToken): Setting[] =>
  params.type === 'array'
    ? []
    : params.members
        .filter(([name]) => name !== 'subcommand' && name !== 'plugin')
        .map(([name, { text }]) => ({ name, value: text, source: { kind: 'pluginstart' } }));

const start = async (
  { node, id }: CommandCall,
  path: string,
  settings: readonly Setting[],
): Promise<CommandResult> => {
  if (isKnown(node, path)) throw invalid(`${path}: already registered`);
  const fault = await node.plugins.start(path, settings, id);
  if (fault !== undefined) throw failed(path, fault);
  return list(node, 'start');
};

const isKnown = (node: Node, path: string): boolean =>
  node.plugins.list().some((known) => known.path === path);

const failed = (path: string, { message }: PluginFault): CommandError =>
  new CommandError(ErrorCode.pluginFailed, `${path}: ${message}`);

const startAll = async (
  { node, id }: CommandCall,
  command: Subcommand,
  paths: readonly string[],
): Promise<CommandResult> => {
  const fresh = paths
    .flatMap((path) => canonicalPath(path) ?? [])
    .filter((path) => !isKnown(node, path));
  // One that fails says so in the log; the others are none the worse.
  await Promise.all(fresh.map((path) => node.plugins.start(path, [], id)));
  return list(node, command);
};

const stop = async (node: Node, name: string): Promise<CommandResult> => {
  const found = node.plugins.list().find(({ path }) => pathsMatch(path, name));
  if (found === undefined) throw invalid(`Could not find plugin ${name}`);
  if (found.manifest?.dynamic !== true) {
    throw invalid(`${name} cannot be managed when lightningd is up`);
  }
  await node.plugins.stop(found);
  return { command: 'stop', result: `Successfully stopped ${found.name}.` };
};
