import { constants } from 'node:fs';
import { access, mkdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { printHelp } from '../command-table/help.ts';
import { INSTALL_PLUGIN, START_PORT } from '../command-table/node-commands.ts';
import { parseOptions } from '../command-table/parse-options.ts';
import { parseCommandLine } from '../command-line.ts';
import { EXIT } from '../exit-status.ts';
import { type ConfigLine, otherPluginLines, portLines } from '../install-plugin/config-lines.ts';
import { type Found, findPlugin } from '../install-plugin/installed-plugin.ts';
import { replacePlugin } from '../install-plugin/replace-plugin.ts';
import { expandPath, requireHome } from '../paths.ts';
import { pluginFile } from '../plugin-file.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { VERSION } from '../version.ts';

/** Runs `clnrest install-plugin`, which copies the plugin to where lightningd finds it. */
export async function installPlugin(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseCommandLine({
    args: argv,
    options: parseOptions(INSTALL_PLUGIN.options),
  });
  if (values.help === true) {
    printHelp('clnrest install-plugin', INSTALL_PLUGIN, terminal);
    return EXIT.ok;
  }
  const lightningDir = resolve(
    expandPath(values['lightning-dir'] ?? join(requireHome(), '.lightning')),
  );
  await requireDirectory(lightningDir);
  const path = join(lightningDir, 'plugins', 'rest');
  await refuseSecondPlugin(lightningDir, path);
  const contents = await readFile(pluginFile('rest'));
  const found = await findPlugin(path);
  const action = await install(path, contents, found);
  terminal.out(`${action}\n${instructions(lightningDir, await portLines(lightningDir))}`);
  return EXIT.ok;
}

/** A directory that does not exist is probably a misspelling. */
async function requireDirectory(lightningDir: string): Promise<void> {
  const isDirectory = await stat(lightningDir).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (isDirectory) return;
  throw new UsageError(
    `${lightningDir} is not a directory: start lightningd once, or choose its directory with --lightning-dir`,
  );
}

async function refuseSecondPlugin(lightningDir: string, path: string): Promise<void> {
  const [other] = await otherPluginLines(lightningDir, path);
  if (other === undefined) return;
  throw new UsageError(
    `${other.file} has the line ${other.line}: remove it first, because lightningd does not start with two plugins that have the same options`,
  );
}

/** Returns what was done, in one sentence. */
async function install(path: string, contents: Buffer, found: Found): Promise<string> {
  switch (found.kind) {
    case 'other':
      throw new UsageError(`${path} is not the plugin of clnrest: move it to another directory`);
    case 'nothing':
      await write(path, contents, undefined);
      return `Installed the plugin ${VERSION}: ${path}`;
    case 'plugin': {
      if (found.contents.equals(contents) && (await isExecutable(path)))
        return `The plugin ${VERSION} is installed already: ${path}`;
      await write(path, contents, found.contents);
      const old = found.version ?? 'of an unknown version';
      return `Replaced the plugin ${old} by ${VERSION}: ${path}\nThe old file is ${path}~`;
    }
  }
}

async function write(path: string, contents: Buffer, previous: Buffer | undefined): Promise<void> {
  try {
    // Not recursive: Node.js 20 does not return from a recursive mkdir in some directories of /proc.
    await mkdir(join(path, '..')).catch(ignoreExisting);
    await replacePlugin(path, contents, previous);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (!['EACCES', 'ENOENT', 'EPERM', 'EROFS'].includes(code)) throw cause;
    throw new UsageError(
      `${join(path, '..')} is not writable (${code}): run this command as the user that runs lightningd, or choose another directory with --lightning-dir`,
      { cause },
    );
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function instructions(lightningDir: string, ports: readonly ConfigLine[]): string {
  return `
${portInstructions(lightningDir, ports)}
Then restart lightningd. The plugin is ready when it logs "REST server running at".
If lightningd does not find Node.js, set this variable in its environment:

  CLNREST_NODE=${process.execPath}
`;
}

/** A second line would change the port of a plugin that is upgraded. */
function portInstructions(lightningDir: string, ports: readonly ConfigLine[]): string {
  if (ports.length === 0)
    return `lightningd loads the plugin when it starts. Add this line to ${join(lightningDir, 'config')}:

  rest-port=${START_PORT}
`;
  const lines = ports.map(({ file, line }) => `  ${line}   (${file})\n`);
  return `lightningd loads the plugin when it starts. Keep the port that its configuration has:

${lines.join('')}`;
}
