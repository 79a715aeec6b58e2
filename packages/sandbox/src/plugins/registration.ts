import type { Command } from '../commands/command.ts';
import type { Notifier } from '../notifications/notifier.ts';
import type { Setting } from '../options/definition.ts';
import { settingProblem, type OptionRegistry } from '../options/registry.ts';
import { PluginFault } from './fault.ts';
import type { Manifest } from './manifest.ts';
import type { Plugin } from './plugin.ts';
import { pluginCommand, type PluginCommandParts } from './plugin-command.ts';

/** Where plugins register their commands. */
interface CommandTable {
  /** @returns false, and changes nothing, if the name is taken */
  add(command: Command<PluginCommandParts>): boolean;
  remove(name: string): void;
}

/** Where plugins register their options, commands and subscriptions. */
export interface Registries {
  readonly options: OptionRegistry;
  readonly commands: CommandTable;
  readonly notifier: Notifier;
}

/** Another plugin or the node itself has declared the option. A node does not start then. */
export class OptionConflict extends PluginFault {
  readonly option: string;
  /** The path of the plugin that declared the option; undefined if it is the node's. */
  readonly owner: string | undefined;

  constructor(option: string, owner: string | undefined) {
    super(`Option "${option}" already registered`);
    this.option = option;
    this.owner = owner;
  }
}

/**
 * lightningd's error text for an option conflict. If one of the two plugins is bundled, the text also says how to
 * replace it, because the user did not name that plugin.
 */
export function optionConflictMessage(
  { option, owner }: OptionConflict,
  path: string,
  bundled: readonly string[],
): string {
  const message = `error starting plugin '${path}': option name '${option}' is already taken`;
  if (owner === undefined) return message;
  const bundledOne = [path, owner].find((each) => bundled.includes(each));
  if (bundledOne === undefined) return message;
  const named = bundledOne === path ? owner : path;
  return `${message}. The sandbox starts ${bundledOne} by default: remove ${named}, or put --clear-plugins before it to replace the bundled plugin`;
}

/**
 * Registers the options, commands and subscriptions of a plugin. The plugin's manifest lists what is registered, so that
 * `unregister` removes that much, also after a failure in between.
 *
 * @param settings - values for its options
 * @throws PluginFault if a name is taken or a setting is invalid
 */
export function register(
  plugin: Plugin,
  manifest: Manifest,
  registries: Registries,
  settings: readonly Setting[],
  owners: readonly Plugin[],
  nextNumber: () => number,
): void {
  const { options, commands, notifier } = registries;
  let registered: Manifest = { ...manifest, options: [], methods: [] };
  const record = (more: Partial<Manifest>): void => {
    registered = { ...registered, ...more };
    plugin.manifest = registered;
  };
  record({});
  for (const option of manifest.options) {
    const taken = options.find(option.name);
    if (taken !== undefined) throw new OptionConflict(option.name, taken.plugin);
    options.add(option);
    record({ options: [...registered.options, option] });
  }
  for (const method of manifest.methods) {
    if (!commands.add(pluginCommand(plugin, method, nextNumber))) {
      const owner = owners.find((other) => other !== plugin && other.methods.includes(method.name));
      throw new PluginFault(
        `Could not register method "${method.name}", a method with that name is already registered${owner === undefined ? '' : ` by plugin ${owner.path}`}`,
      );
    }
    record({ methods: [...registered.methods, method] });
  }
  for (const topic of manifest.subscriptions) notifier.subscribe(topic, plugin);
  for (const setting of settings) {
    const definition = manifest.options.find(({ name }) => name === setting.name);
    if (definition === undefined) throw new PluginFault(`unknown parameter ${setting.name}`);
    const given = definition.kind === 'flag' ? { ...setting, value: undefined } : setting;
    const problem = settingProblem(given, definition);
    if (problem !== undefined) throw new PluginFault(problem);
    options.set(given);
  }
}

/** Removes everything that a plugin registered. */
export function unregister(plugin: Plugin, { options, commands, notifier }: Registries): void {
  notifier.unsubscribe(plugin);
  for (const method of plugin.methods) commands.remove(method);
  for (const { name } of plugin.manifest?.options ?? []) options.remove(name);
}
