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

/** What a plugin becomes part of. */
export interface Household {
  readonly options: OptionRegistry;
  readonly commands: CommandTable;
  readonly notifier: Notifier;
}

/** An option's name belongs to somebody else, which keeps a node from starting. */
export class OptionTaken extends PluginFault {
  readonly option: string;
  /** The path of the plugin that has it; undefined if the node itself does. */
  readonly owner: string | undefined;

  constructor(option: string, owner: string | undefined) {
    super(`Option "${option}" already registered`);
    this.option = option;
    this.owner = owner;
  }
}

/**
 * Why a node does not start with this plugin, in lightningd's words; and what to do where one of the two
 * that want the option comes with the product, which nobody asked for and few would think of.
 */
export function optionTakenMessage(
  { option, owner }: OptionTaken,
  path: string,
  shipped: readonly string[],
): string {
  const message = `error starting plugin '${path}': option name '${option}' is already taken`;
  if (owner === undefined) return message;
  const comesAlong = [path, owner].find((each) => shipped.includes(each));
  if (comesAlong === undefined) return message;
  const asked = comesAlong === path ? owner : path;
  return `${message}. ${comesAlong} comes with the sandbox and is started anyway: leave ${asked} out, or put --clear-plugins before it to have it instead`;
}

/**
 * Makes what a plugin brings part of the node: its options, commands and subscriptions. The
 * plugin's manifest says what was, so that `release` takes back that much, also half-way.
 *
 * @param settings - values for its options
 * @throws PluginFault when a name is taken, or a setting is wrong
 */
export function adopt(
  plugin: Plugin,
  manifest: Manifest,
  household: Household,
  settings: readonly Setting[],
  owners: readonly Plugin[],
  nextNumber: () => number,
): void {
  const { options, commands, notifier } = household;
  let adopted: Manifest = { ...manifest, options: [], methods: [] };
  const keep = (more: Partial<Manifest>): void => {
    adopted = { ...adopted, ...more };
    plugin.manifest = adopted;
  };
  keep({});
  for (const option of manifest.options) {
    const taken = options.find(option.name);
    if (taken !== undefined) throw new OptionTaken(option.name, taken.plugin);
    options.add(option);
    keep({ options: [...adopted.options, option] });
  }
  for (const method of manifest.methods) {
    if (!commands.add(pluginCommand(plugin, method, nextNumber))) {
      const owner = owners.find((other) => other !== plugin && other.methods.includes(method.name));
      throw new PluginFault(
        `Could not register method "${method.name}", a method with that name is already registered${owner === undefined ? '' : ` by plugin ${owner.path}`}`,
      );
    }
    keep({ methods: [...adopted.methods, method] });
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

/** Takes back everything that a plugin brought. */
export function release(plugin: Plugin, { options, commands, notifier }: Household): void {
  notifier.unsubscribe(plugin);
  for (const method of plugin.methods) commands.remove(method);
  for (const { name } of plugin.manifest?.options ?? []) options.remove(name);
}
