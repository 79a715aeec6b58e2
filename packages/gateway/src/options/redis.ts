import type { OptionValues } from '@clnrest/lightningd';
import type { Build } from '../builds.ts';
import { type RedisAddress, RedisAddressError, readRedisAddress } from '../redis/address.ts';
import type { DeclaredOptions } from './declarations.ts';
import { OptionError } from './settings.ts';

/** Where notifications go, or come from. Plain data. */
export interface RedisSettings {
  readonly address: RedisAddress;
  /** About how many notifications the stream keeps. */
  readonly length: number;
}

const MAX_LENGTH = 100_000_000;

/** Reads the options about Redis. Undefined if Redis is not used. Throws an {@link OptionError}. */
export function readRedis(
  { prefix }: Build,
  options: OptionValues<DeclaredOptions>,
): RedisSettings | undefined {
  const text = options[`${prefix}-redis` as const];
  const length = options[`${prefix}-redis-length` as const];
  if (!(length >= 1 && length <= MAX_LENGTH)) {
    throw new OptionError(
      `\`${prefix}-redis-length\` must be between 1 and ${MAX_LENGTH} notifications. ${length} is not.`,
    );
  }
  if (text === undefined || text === '') return undefined;
  try {
    return { address: readRedisAddress(text), length };
  } catch (cause) {
    if (!(cause instanceof RedisAddressError)) throw cause;
    throw new OptionError(
      `\`${prefix}-redis\` must be the address of Redis, such as redis://127.0.0.1:6379, redis+sentinel://HOST,HOST/NAME or redis+cluster://HOST,HOST: ${cause.message}.`,
      { cause },
    );
  }
}
