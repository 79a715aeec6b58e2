import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

const PLUGIN_LINE = /^\s*(?:important-)?plugin=(.+?)\s*$/gm;
const PORT_LINE = /^\s*rest-port=.+$/gm;

/** A line of one of lightningd's configuration files. */
export interface ConfigLine {
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
): Promise<ConfigLine[]> {
  const lines: ConfigLine[] = [];
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

/** Returns the lines that set the plugin's port. */
export async function portLines(lightningDir: string): Promise<ConfigLine[]> {
  const lines: ConfigLine[] = [];
  for (const file of await configFiles(lightningDir)) {
    for (const [line] of (await readText(file)).matchAll(PORT_LINE))
      lines.push({ file, line: line.trim() });
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
