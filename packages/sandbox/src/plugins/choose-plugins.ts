import { join, resolve } from 'node:path';
import type { Logger } from '../log/log-book.ts';
import type { Setting } from '../options/definition.ts';
import { settingError, type OptionRegistry } from '../options/registry.ts';
import {
  canonicalPath,
  disabledMessage,
  isDisabled,
  isExecutable,
  pathsMatch,
  pluginsIn,
  pluginsInDefault,
} from './plugin-files.ts';

interface ChosenPlugin {
  readonly path: string;
  readonly important: boolean;
}

/** The logs of `lightningd` and of its plugin manager. */
interface Logs {
  readonly node: Logger;
  readonly manager: Logger;
}

/**
 * The plugins that start with the node: the bundled ones, those that options name, in their order, and those in
 * `<lightning-dir>/plugins`. `--disable-plugin` also holds for plugins that follow it.
 *
 * @param directories - the base directory, and the network's, to which paths are relative
 * @throws SandboxError `bad_option` for a plugin that cannot be executed
 */
export function choosePlugins(
  bundled: readonly string[],
  options: OptionRegistry,
  directories: { readonly base: string; readonly network: string },
  logs: Logs,
): ChosenPlugin[] {
  const choice = new Choice(directories, logs);
  for (const path of bundled) choice.add(path, false);
  for (const setting of options.settings()) {
    const value = (setting.value ?? '').trimEnd();
    switch (setting.name) {
      case 'plugin':
      case 'important-plugin':
        choice.addNamed(setting, value);
        break;
      case 'plugin-dir': {
        const found = pluginsIn(resolve(directories.network, value));
        if (found === undefined) throw settingError(setting, `Failed to open plugin-dir ${value}`);
        choice.addFound(found);
        break;
      }
      case 'disable-plugin':
        choice.disable(value);
        break;
      case 'clear-plugins':
        choice.clear();
        break;
    }
  }
  choice.addFound(pluginsInDefault(join(directories.base, 'plugins')));
  return choice.plugins();
}

/** The plugins that options have chosen so far, and those that they have disabled. */
class Choice {
  readonly #chosen = new Map<string, boolean>();
  readonly #disabled: string[] = [];
  readonly #directory: string;
  readonly #logs: Logs;

  constructor({ network }: { readonly network: string }, logs: Logs) {
    this.#directory = network;
    this.#logs = logs;
  }

  /** @returns false if the file cannot be executed */
  add(path: string, important: boolean): boolean {
    const canonical = canonicalPath(resolve(this.#directory, path));
    if (canonical === undefined || !isExecutable(canonical)) return false;
    this.#chosen.set(canonical, important || this.#chosen.get(canonical) === true);
    return true;
  }

  addNamed(setting: Setting, value: string): void {
    const path = resolve(this.#directory, value);
    if (isDisabled(path, this.#disabled)) {
      this.#logs.node.log('info', disabledMessage(value));
    } else if (!this.add(value, setting.name === 'important-plugin')) {
      throw settingError(setting, `Failed to register ${value}: ${accessProblem(path)}`);
    }
  }

  addFound(paths: readonly string[]): void {
    for (const path of paths) {
      if (isDisabled(path, this.#disabled)) this.#logs.manager.log('info', disabledMessage(path));
      else this.add(path, false);
    }
  }

  disable(name: string): void {
    this.#logs.manager.log('debug', `blacklist for ${name}`);
    this.#disabled.push(name);
    for (const path of this.#chosen.keys()) {
      if (!pathsMatch(path, name)) continue;
      this.#logs.manager.log('info', disabledMessage(path));
      this.#chosen.delete(path);
    }
  }

  clear(): void {
    this.#logs.manager.log('info', 'clear-plugins removing all plugins');
    this.#chosen.clear();
  }

  plugins(): ChosenPlugin[] {
    return [...this.#chosen].map(([path, important]) => ({ path, important }));
  }
}

function accessProblem(path: string): string {
  return canonicalPath(path) === undefined ? 'No such file or directory' : 'Permission denied';
}
