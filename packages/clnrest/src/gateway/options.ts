import { dirname } from 'node:path';
import {
  LOG_FORMATS,
  LOG_LEVELS,
  type LogSettings,
  OptionError,
  readServiceSettings,
  type ServiceTools,
  type UserSettings,
} from '@clnrest/gateway/service';
import { parseCommandLine } from '../command-line.ts';
import { locateSocket } from '../lightning-cli/node-location.ts';
import { UsageError } from '../usage-error.ts';
import { type GivenOption, givenOptions } from './given-options.ts';
import { readUpstream } from './upstream.ts';
import { GATEWAY_OPTIONS, type GatewayOption } from './option-table.ts';

/** What `clnrest gateway` was asked to do. */
export interface GatewayOptions extends Pick<
  ServiceTools,
  'settings' | 'redis' | 'node' | 'nodeId' | 'network'
> {
  readonly log: LogSettings;
  readonly user: UserSettings;
}

/** Reads the words of the command line. @throws {UsageError} */
export function parseGatewayArguments(
  argv: readonly string[],
): Readonly<Record<string, unknown>> & { readonly help?: boolean } {
  const options = Object.fromEntries(
    Object.entries<GatewayOption>(GATEWAY_OPTIONS).map(([name, { type, multi = false }]) => [
      name,
      type === 'flag'
        ? ({ type: 'boolean' } as const)
        : ({ type: 'string', multiple: multi } as const),
    ]),
  );
  const { values } = parseCommandLine({
    args: argv,
    options: { ...options, help: { type: 'boolean', short: 'h' } },
  });
  return values;
}

/**
 * Reads the options of `clnrest gateway`.
 *
 * @throws {UsageError} if an option is invalid. The sentence names it as the operator wrote it.
 */
export async function readGatewayOptions(
  commandLine: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
): Promise<GatewayOptions> {
  const given = givenOptions(GATEWAY_OPTIONS, { commandLine, env });
  const text = (name: keyof typeof GATEWAY_OPTIONS) => given.get(name)?.values.at(-1);
  return naming(given, async () => {
    const log = {
      format: oneOf('log-format', text('log-format') ?? 'plain', LOG_FORMATS),
      level: oneOf('log-level', text('log-level') ?? 'info', LOG_LEVELS),
    };
    const remote = readUpstream(given);
    const socketPath = locateSocket({
      lightningDir: text('lightning-dir'),
      network: text('network'),
      rpcFile: text('rpc-file'),
      conf: undefined,
    });
    const directory = remote === undefined ? dirname(socketPath) : process.cwd();
    const texts = new Map([...given].map(([name, { values }]) => [name, values]));
    return {
      log,
      user: { user: text('user'), allowRoot: text('allow-root') === 'true' },
      ...(remote ?? { node: { socketPath } }),
      network: text('network'),
      ...(await readServiceSettings(texts, directory)),
    };
  });
}

/** Replaces the names of options in an error by those that the operator wrote. */
export async function naming<T>(
  given: ReadonlyMap<string, GivenOption>,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    const message = error.message.replaceAll(
      /`--([a-z-]+)`/g,
      (_word, name: string) => given.get(name)?.shown ?? `--${name}`,
    );
    throw new UsageError(message, { cause: error });
  }
}

function oneOf<T extends string>(name: string, text: string, values: readonly T[]): T {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw new OptionError(
    `\`--${name}\` can be ${values.join(', ')}. ${JSON.stringify(text.slice(0, 100))} is not one of them.`,
  );
}
