import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  anything,
  optional,
  type ParameterDeclarations,
  type ParameterValues,
  type ParamsToken,
  readParams,
  required,
  string,
} from '@clnrest/lightningd/parameters';
import type { NodeDirectory } from '../directory/directory.ts';
import type { CommandResult } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import type { Setting } from '../options/definition.ts';
import {
  canonicalPath,
  disabledMessage,
  isDisabled,
  isExecutable,
  pathsMatch,
  pluginsIn,
  pluginsInDefault,
} from '../plugins/plugin-files.ts';
import type { PluginHost } from '../plugins/plugin-host.ts';
import { checked, type Command } from './command.ts';
import { CommandError, ErrorCode } from './errors.ts';

const SUBCOMMANDS = ['start', 'stop', 'startdir', 'rescan', 'list'] as const;

type Subcommand = (typeof SUBCOMMANDS)[number];

function invalid(message: string): CommandError {
  return new CommandError(ErrorCode.invalidParams, message);
}

/** A call of `plugin`, with the parts of the node that it uses. */
type PluginCommandCall = CallWith<'configuration' | 'logBook' | 'plugins'>;

/** Starts, stops and lists plugins while the node runs. */
export const plugin: Command<PluginCommandCall['node']> = {
  name: 'plugin',
  usage: `subcommand=${SUBCOMMANDS.join('|')}`,
  run: (call, params) => prepare(call, params)(),
  check(call, params) {
    prepare(call, params);
    return checked('plugin');
  },
};

/** Reads the parameters of the subcommand. @returns the function that runs it */
function prepare(
  call: PluginCommandCall,
  params: ParamsToken,
): () => CommandResult | Promise<CommandResult> {
  const { plugins, configuration } = call.node;
  const { directory } = configuration;
  const read = <P extends ParameterDeclarations>(
    parameters: P,
    allowExtra = false,
  ): ParameterValues<P> =>
    readParams(parameters, params, { developer: call.developer, allowExtra });
  const { subcommand } = read({ subcommand: required(string) }, true);
  if (!isSubcommand(subcommand)) throw invalid(`Unknown subcommand '${subcommand}'`);
  const common = { subcommand: optional(anything) };
  switch (subcommand) {
    case 'list':
      read(common);
      return () => list(plugins, 'list');
    case 'rescan':
      read(common);
      return () => startAll(call, 'rescan', pluginsInDefault(defaultDirectory(directory)));
    case 'startdir': {
      const { directory: name } = read({ ...common, directory: required(string) });
      const path = resolve(directory.network, name);
      if (!existsSync(path)) throw invalid(`Could not open ${name}`);
      const found = pluginsIn(path);
      if (found === undefined) throw invalid(`Failed to open plugin-dir ${name}`);
      return () => startAll(call, 'startdir', found);
    }
    case 'stop': {
      const { plugin: name } = read({ ...common, plugin: required(string) });
      return () => stop(plugins, name);
    }
    case 'start': {
      const { plugin: name } = read({ ...common, plugin: required(string) }, true);
      if (params.type === 'array' && params.items.length !== 2) {
        throw invalid('Extra parameters must be in object');
      }
      const path = executable(directory, name);
      return () => start(call, path, settingsFor(params));
    }
  }
}

function isSubcommand(text: string): text is Subcommand {
  return SUBCOMMANDS.some((subcommand) => subcommand === text);
}

function defaultDirectory(directory: NodeDirectory): string {
  return resolve(directory.base, 'plugins');
}

function list(plugins: PluginHost, command: Subcommand): CommandResult {
  return {
    command,
    plugins: plugins.list().map(({ path, state, manifest }) => ({
      name: path,
      active: state === 'running',
      dynamic: manifest?.dynamic ?? false,
    })),
  };
}

/** The plugin's file: a path relative to the network's directory, or a name in the default plugin directory. */
function executable(directory: NodeDirectory, name: string): string {
  const inDefault = resolve(defaultDirectory(directory), name);
  const found = [resolve(directory.network, name), inDefault].find(isExecutable);
  const path = found === undefined ? undefined : canonicalPath(found);
  if (path !== undefined) return path;
  const why = existsSync(inDefault) ? 'Permission denied' : 'No such file or directory';
  throw invalid(`${inDefault} is not executable: ${why}`);
}

/** ParameterDeclarations other than `subcommand` and `plugin` are options of the plugin. */
function settingsFor(params: ParamsToken): Setting[] {
  if (params.type === 'array') return [];
  return params.members
    .filter(([name]) => name !== 'subcommand' && name !== 'plugin')
    .map(([name, { text }]) => ({ name, value: text, source: { kind: 'pluginstart' } }));
}

async function start(
  { node: { plugins }, id }: PluginCommandCall,
  path: string,
  settings: readonly Setting[],
): Promise<CommandResult> {
  if (!plugins.isFree(path)) throw invalid(`${path}: already registered`);
  const fault = await plugins.start(path, settings, id);
  if (fault !== undefined) {
    throw new CommandError(ErrorCode.pluginFailed, `${path}: ${fault.message}`);
  }
  return list(plugins, 'start');
}

async function startAll(
  { node, id }: PluginCommandCall,
  command: Subcommand,
  paths: readonly string[],
): Promise<CommandResult> {
  const { plugins, configuration, logBook } = node;
  const disabled = configuration.options.values('disable-plugin');
  for (const path of paths.filter((each) => isDisabled(each, disabled))) {
    logBook.logger('plugin-manager').log('info', disabledMessage(path));
  }
  const added = paths
    .filter((path) => !isDisabled(path, disabled))
    .flatMap((path) => canonicalPath(path) ?? [])
    .filter((path) => plugins.isFree(path));
  // The host logs why a plugin fails; the others still start.
  await Promise.all(added.map((path) => plugins.start(path, [], id)));
  return list(plugins, command);
}

async function stop(plugins: PluginHost, name: string): Promise<CommandResult> {
  const found = plugins.list().find(({ path }) => pathsMatch(path, name));
  if (found === undefined) throw invalid(`Could not find plugin ${name}`);
  if (found.manifest?.dynamic !== true) {
    throw invalid(`${name} cannot be managed when lightningd is up`);
  }
  await plugins.stop(found);
  return { command: 'stop', result: `Successfully stopped ${found.name}.` };
}
