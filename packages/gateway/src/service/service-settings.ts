import type { OptionValues } from '@clnrest/lightningd';
import { serviceBuild } from '../builds.ts';
import { type DeclaredOptions, OPTIONS, SERVICE_OPTIONS } from '../options/declarations.ts';
import { readRedis, type RedisSettings } from '../options/redis.ts';
import { OptionError, readSettings, type Settings } from '../options/settings.ts';

/** The values of options as text, by name without dashes. Options that are not repeatable have one. */
export type OptionTexts = ReadonlyMap<string, readonly string[]>;

/**
 * Validates the options of a separate gateway. Rejects with an {@link OptionError}, which names options as on a command
 * line: `--port`.
 *
 * @param directory - relative paths are relative to it: the directory of the node's socket
 */
export async function readServiceSettings(
  texts: OptionTexts,
  directory: string,
): Promise<{ readonly settings: Settings; readonly redis: RedisSettings | undefined }> {
  const values: Record<string, unknown> = { '--redis-length': OPTIONS['redis-length'].default };
  for (const [name, option] of Object.entries(SERVICE_OPTIONS)) {
    values[`--${name}`] = readValue(name, option, texts.get(name));
  }
  const options = values as OptionValues<DeclaredOptions>;
  return {
    settings: await readSettings(serviceBuild, options, directory),
    redis: readRedis(serviceBuild, options, directory),
  };
}

type Option = (typeof SERVICE_OPTIONS)[keyof typeof SERVICE_OPTIONS];

function readValue(name: string, option: Option, given: readonly string[] | undefined): unknown {
  const fallback = 'default' in option ? option.default : undefined;
  if ('multi' in option) return given ?? (fallback === undefined ? [] : [fallback]);
  const text = given?.at(-1);
  if (text === undefined) return fallback;
  return option.type === 'int' ? readInteger(name, text) : text;
}

function readInteger(name: string, text: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  throw new OptionError(
    `\`--${name}\` must be an integer. ${JSON.stringify(text.slice(0, 100))} is not.`,
  );
}
