import { CommandRegistry } from '../commands/registry.ts';
import { COMMANDS } from '../commands/table.ts';
import type { NodeDirectory } from '../directory/directory.ts';
import type { Node } from '../node.ts';
import { Notifier } from '../notifications/notifier.ts';
import { isIgnored } from '../options/own-options.ts';
import { choosePlugins } from '../plugins/choose-plugins.ts';
import { canonicalPath } from '../plugins/plugin-files.ts';
import { PluginHost } from '../plugins/plugin-host.ts';
import type { SandboxOptions } from '../sandbox-options.ts';
import type { Cleanup } from './cleanup.ts';
import type { FatalFailure } from './fatal-failure.ts';
import type { Base } from './open.ts';

/** The plugins, and what they extend. */
export interface Hosting {
  readonly plugins: PluginHost;
  readonly commands: CommandRegistry<Node>;
  readonly notifier: Notifier;
}

/** What plugins start on. */
type PluginBase = Pick<
  Base,
  'options' | 'network' | 'developer' | 'allowDeprecated' | 'logBook' | 'log'
> & {
  readonly directory: Pick<NodeDirectory, 'base' | 'network'>;
};

/** The name of the socket: relative to the network's directory, unless it is absolute. */
export function rpcFile({ options }: Pick<Base, 'options'>): string {
  return options.value('rpc-file') ?? 'lightning-rpc';
}

/**
 * Starts the plugins and waits for their manifests. Then all options are known and can be checked.
 *
 * @throws SandboxError `bad_option` or `plugin_failed`
 */
export async function startPlugins(
  base: PluginBase,
  given: SandboxOptions,
  failure: FatalFailure,
  cleanup: Cleanup,
): Promise<Hosting> {
  const { options, directory, network, developer, allowDeprecated, logBook, log } = base;
  const commands = new CommandRegistry(COMMANDS);
  const notifier = new Notifier();
  const bundled = given.plugins ?? [];
  const plugins = new PluginHost({
    bundled: bundled.flatMap((path) => canonicalPath(path) ?? []),
    configuration: { directory: directory.network, rpcFile: rpcFile(base), network: network.name },
    environment: given.environment ?? process.env,
    developer,
    allowDeprecated,
    logBook,
    registries: { options, commands, notifier },
    onFatal: (error) => failure.report(error),
  });
  cleanup.add(() => plugins.shutdown());
  const chosen = choosePlugins(bundled, options, directory, {
    node: log,
    manager: logBook.logger('plugin-manager'),
  });
  await failure.race(plugins.startAll(chosen));
  options.checkAll();
  for (const { name } of options.settings()) {
    if (isIgnored(name)) {
      log.log('info', `--${name} has no effect: the sandbox simulates its chain and its peers`);
    }
  }
  return { plugins, commands, notifier };
}
