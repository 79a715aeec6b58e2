import { join, resolve } from 'node:path';
import { expandTilde, TildeError } from '@clnrest/lightningd';
import { SandboxError } from '../sandbox-error.ts';
import { readCommandLine } from './command-line.ts';
import { readConfigFile } from './config-file.ts';
import type { Setting } from './definition.ts';
import { findNetwork, isRealMoney, type Network } from './network.ts';
import { OWN_OPTIONS } from './own-options.ts';
import { settingError, settingProblem } from './registry.ts';

/** Where relative paths and the default directory start. */
interface PathDefaults {
  readonly workingDirectory: string;
  /** If undefined, `--lightning-dir` is required. */
  readonly home: string | undefined;
}

/** The settings, and the two that decide where the node keeps its files. */
interface StartSettings {
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

const REFUSED_MAINNET =
  'the sandbox does not run on mainnet. It is not a Lightning node: it simulates its chain and its peers. Choose regtest, testnet, testnet4 or signet.';

/**
 * Reads the settings in lightningd's order: the file of `--conf`, or `<lightning-dir>/config` and
 * `<lightning-dir>/<network>/config`, then the command line, which overrides the files.
 *
 * @throws SandboxError `bad_option` or, for mainnet, `refused`
 */
export function readSettings(args: readonly string[], paths: PathDefaults): StartSettings {
  const cmdline = readCommandLine(args, OWN_OPTIONS);
  const { workingDirectory } = paths;

  const conf = last(cmdline, 'conf');
  if (conf !== undefined) {
    const file = resolve(workingDirectory, expanded(conf, paths.home));
    const settings = [...readConfigFile(file, 'explicit', true), ...cmdline];
    return checked(settings, directoryOf(settings, paths), paths);
  }
  const lightningDir = directoryOf(cmdline, paths);
  const base = readConfigFile(join(lightningDir, 'config'), 'base', false);
  const network = networkOf([...base, ...cmdline]);
  const networkFile = join(lightningDir, network.name, 'config');
  const settings = [...base, ...readConfigFile(networkFile, 'network', false), ...cmdline];
  return checked(settings, lightningDir, paths);
}

function checked(
  settings: readonly Setting[],
  lightningDir: string,
  paths: PathDefaults,
): StartSettings {
  for (const setting of settings) {
    const problem = placementProblem(setting);
    if (problem !== undefined) throw settingError(setting, problem);
    if (setting.name === 'daemon') {
      throw settingError(
        setting,
        'not supported: run the sandbox in the background with your shell',
      );
    }
  }
  return {
    settings: settings.map((setting) => withAbsolutePath(setting, lightningDir, paths)),
    lightningDir,
    network: networkOf(settings),
  };
}

/** `listconfigs` shows the first two paths as absolute ones. */
function withAbsolutePath(
  setting: Setting,
  lightningDir: string,
  { workingDirectory, home }: PathDefaults,
): Setting {
  switch (setting.name) {
    case 'lightning-dir':
      return { ...setting, value: lightningDir };
    case 'conf':
      return { ...setting, value: resolve(workingDirectory, expanded(setting, home)) };
    default:
      return PATHS.has(setting.name) ? { ...setting, value: expanded(setting, home) } : setting;
  }
}

/** Further options with a path. Plugins read their own. */
const PATHS: ReadonlySet<string> = new Set([
  'rpc-file',
  'plugin',
  'plugin-dir',
  'important-plugin',
  'pid-file',
  'log-file',
  'dev-world',
]);

/** Returns a path without `~`. */
function expanded(setting: Setting, home: string | undefined): string {
  try {
    return expandTilde(setting.value ?? '', home);
  } catch (error) {
    if (!(error instanceof TildeError)) throw error;
    throw settingError(setting, error.message);
  }
}

/** Returns lightningd's error text for an option that is not allowed in its file, or undefined. */
function placementProblem({ name, source }: Setting): string | undefined {
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
  { workingDirectory, home }: PathDefaults,
): string {
  const given = last(settings, 'lightning-dir');
  if (given !== undefined) {
    const problem = settingProblem(
      given,
      OWN_OPTIONS.find(({ name }) => name === given.name),
    );
    if (problem !== undefined) throw settingError(given, problem);
    return resolve(workingDirectory, expanded(given, home));
  }
  if (home === undefined) {
    throw new SandboxError(
      'bad_option',
      'the home directory is not known: set HOME, or choose a directory with --lightning-dir',
    );
  }
  return join(home, '.lightning');
}

function networkOf(settings: readonly Setting[]): Network {
  const choice = settings.findLast(({ name }) => name === 'network' || NETWORK_FLAGS.has(name));
  if (choice === undefined) return supportedNetwork('regtest');
  const problem = settingProblem(
    choice,
    OWN_OPTIONS.find(({ name }) => name === choice.name),
  );
  if (problem !== undefined) throw settingError(choice, problem);
  const name = choice.name === 'network' ? (choice.value ?? '').trimEnd() : choice.name;
  if (isRealMoney(name))
    throw new SandboxError('refused', settingError(choice, REFUSED_MAINNET).message);
  return supportedNetwork(name);
}

function supportedNetwork(name: string): Network {
  const network = findNetwork(name);
  if (network === undefined) {
    throw new SandboxError('bad_option', `--network=${name}: Unknown network name '${name}'`);
  }
  return network;
}
