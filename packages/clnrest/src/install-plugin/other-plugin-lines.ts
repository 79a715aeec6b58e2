import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

const PLUGIN_LINE = /^\s*(?:important-)?plugin=(.+?)\s*$/gm;

/** A line of a configuration file that loads the plugin from another path. */
export interface PluginLine {
  readonly file: string;
  readonly line: string;
}

/**
 * Returns the lines of lightningd's configuration that load a plugin of the same name from another path. With two of them,
 * lightningd does not start, because both have the same options.
 */
export async function otherPluginLines(
  lightningDir: string,
  pluginPath: string,
): Promise<PluginLine[]> {
  const lines: PluginLine[] = [];
  for (const file of await configFiles(lightningDir)) {
    for (const [line, path = ''] of (await readText(file)).matchAll(PLUGIN_LINE)) {
      const isSame = resolve(lightningDir, path) === pluginPath;
      if (basename(path) === basename(pluginPath) && !isSame) {
        lines.push({ file, line: line.trim() });
      }
    }
  }
  return lines;
}

/** `config`, and those of the networks. */
async function configFiles(lightningDir: string): Promise<string[]> {
  const entries = await readdir(lightningDir, { withFileTypes: true }).catch(() => []);
  const networks = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return ['', ...networks].map((name) => join(lightningDir, name, 'config'));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    // Most networks have no file of their own. A file that this user cannot read is not checked.
    return '';
  }
}
