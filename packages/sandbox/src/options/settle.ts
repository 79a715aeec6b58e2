import { join, resolve } from 'node:path';
import { SandboxError } from '../sandbox-error.ts';
import { readCommandLine } from './command-line.ts';
import { readConfigFile } from './config-file.ts';
import type { Setting } from './definition.ts';
import { findNetwork, isRealMoney, type Network } from './network.ts';
import { OWN_OPTIONS } from './own-options.ts';
import { badSetting, settingProblem } from './registry.ts';

/** Where relative paths and `~` lead. */
interface Surroundings {
  readonly workingDirectory: string;
  /** Undefined where there is none: then the working directory is the default lightning-dir. */
  readonly home: string | undefined;
}

/** What must be known before anything else: where, and on which network. */
interface Basics {
  readonly settings: readonly Setting[];
  readonly lightningDir: string;
  readonly network: Network;
}

const NETWORK_FLAGS: ReadonlySet<string> = new Set([
  'testnet',
  'testnet4',
  'signet',
  'mainnet',
  'regtest',
]);

/** What is said to whoever asks for real money. */
const NOT_A_NODE =
  'the sandbox does not run on mainnet. It is not a Lightning node: its chain and its peers are played, and it must not be mistaken for one.';

/**
 * Gathers what was set on the command line and in the configuration files, in lightningd's order:
 * `--conf`'s file, or `<lightning-dir>/config` and `<lightning-dir>/<network>/config`, and then the
 * command line, which overrides them.
 *
 * @throws SandboxError `bad_option` or, for mainnet, `refused`
 */
export function settle(args: readonly string[], surroundings: Surroundings): Basics {
  const cmdline = readCommandLine(args, OWN_OPTIONS);
  const { workingDirectory } = surroundings;

  const conf = last(cmdline, 'conf');
  if (conf !== undefined) {
    const file = resolve(workingDirectory, conf.value ?? '');
    const settings = [...readConfigFile(file, 'explicit', true), ...cmdline];
    return checked(settings, directoryOf(settings, surroundings));
  }
  const lightningDir = directoryOf(cmdline, surroundings);
  const base = readConfigFile(join(lightningDir, 'config'), 'base', false);
  const network = networkOf([...base, ...cmdline]);
  const networkFile = join(lightningDir, network.name, 'config');
  const settings = [...base, ...readConfigFile(networkFile, 'network', false), ...cmdline];
  return checked(settings, lightningDir);
}

function checked(settings: readonly Setting[], lightningDir: string): Basics {
  for (const setting of settings) {
    const problem = misplaced(setting);
    if (problem !== undefined) throw badSetting(setting, problem);
    if (setting.name === 'daemon') {
      throw badSetting(setting, 'not supported: run the sandbox in the background with your shell');
    }
  }
  return { settings, lightningDir, network: networkOf(settings) };
}

/** Some options make no sense in some files. */
function misplaced({ name, source }: Setting): string | undefined {
  if (source.kind !== 'file') return undefined;
  if (name === 'conf') return 'not permitted in configuration files';
  if (name === 'lightning-dir' && source.scope !== 'explicit') {
    return 'not permitted in implicit configuration files';
  }
  if ((name === 'network' || NETWORK_FLAGS.has(name)) && source.scope === 'network') {
    return 'not permitted in network-specific configuration files';
  }
  return undefined;
}

function last(settings: readonly Setting[], name: string): Setting | undefined {
  return settings.findLast((setting) => setting.name === name);
}

function directoryOf(
  settings: readonly Setting[],
  { workingDirectory, home }: Surroundings,
): string {
  const given = last(settings, 'lightning-dir');
  if (given !== undefined) {
    const problem = settingProblem(
      given,
      OWN_OPTIONS.find(({ name }) => name === given.name),
    );
    if (problem !== undefined) throw badSetting(given, problem);
    return resolve(workingDirectory, given.value ?? '');
  }
  return home === undefined ? workingDirectory : join(home, '.lightning');
}

function networkOf(settings: readonly Setting[]): Network {
  const choice = settings.findLast(({ name }) => name === 'network' || NETWORK_FLAGS.has(name));
  if (choice === undefined) return playable('regtest');
  const problem = settingProblem(
    choice,
    OWN_OPTIONS.find(({ name }) => name === choice.name),
  );
  if (problem !== undefined) throw badSetting(choice, problem);
  const name = choice.name === 'network' ? (choice.value ?? '').trimEnd() : choice.name;
  if (isRealMoney(name)) throw new SandboxError('refused', badSetting(choice, NOT_A_NODE).message);
  return playable(name);
}

function playable(name: string): Network {
  const network = findNetwork(name);
  if (network === undefined) {
    throw new SandboxError('bad_option', `--network=${name}: Unknown network name '${name}'`);
  }
  return network;
}
