import { join, resolve } from 'node:path';
import type { Logger } from '../log/log-book.ts';
import { settingError, type OptionRegistry } from '../options/registry.ts';
import {
  canonicalPath,
  isExecutable,
  pathsMatch,
  pluginsIn,
  pluginsInDefault,
} from './plugin-files.ts';

interface ChosenPlugin {
  readonly path: string;
  readonly important: boolean;
}

/**
 * The plugins that start with the node: the bundled ones, those that options name, in their order, and those in
 * `<lightning-dir>/plugins`.
 *
 * @param directories - the base directory, and the network's, to which paths are relative
 * @throws SandboxError `bad_option` for a plugin that cannot be executed
 */
export function choosePlugins(
  bundled: readonly string[],
  options: OptionRegistry,
  directories: { readonly base: string; readonly network: string },
  log: Logger,
): ChosenPlugin[] {
  const chosen = new Map<string, boolean>();
  const choose = (path: string, important: boolean): boolean => {
    const canonical = canonicalPath(resolve(directories.network, path));
    if (canonical === undefined || !isExecutable(canonical)) return false;
    chosen.set(canonical, important || chosen.get(canonical) === true);
    return true;
  };
  for (const path of bundled) choose(path, false);
  for (const setting of options.settings()) {
    const value = (setting.value ?? '').trimEnd();
    switch (setting.name) {
      case 'plugin':
      case 'important-plugin':
        if (!choose(value, setting.name === 'important-plugin')) {
          throw settingError(
            setting,
            `Failed to register ${value}: ${accessProblem(resolve(directories.network, value))}`,
          );
        }
        break;
      case 'plugin-dir': {
        const found = pluginsIn(resolve(directories.network, value));
        if (found === undefined) throw settingError(setting, `Failed to open plugin-dir ${value}`);
        for (const path of found) choose(path, false);
        break;
      }
      case 'clear-plugins':
        log.log('info', 'clear-plugins removing all plugins');
        chosen.clear();
        break;
    }
  }
  for (const path of pluginsInDefault(join(directories.base, 'plugins'))) choose(path, false);

  for (const name of options.values('disable-plugin')) {
    log.log('debug', `blacklist for ${name}`);
    for (const path of chosen.keys()) {
      if (!pathsMatch(path, name)) continue;
      log.log('info', `${path}: disabled via disable-plugin`);
      chosen.delete(path);
    }
  }
  return [...chosen].map(([path, important]) => ({ path, important }));
}

function accessProblem(path: string): string {
  return canonicalPath(path) === undefined ? 'No such file or directory' : 'Permission denied';
}
