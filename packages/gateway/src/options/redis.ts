import { createSecureContext } from 'node:tls';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { OptionValues } from '@clnrest/lightningd';
import type { Build } from '../builds.ts';
import { type RedisAddress, RedisAddressError, readRedisAddress } from '../redis/address.ts';
import type { DeclaredOptions } from './declarations.ts';
import { OptionError } from './settings.ts';

/** Where notifications go, or come from. Plain data. */
export interface RedisSettings {
  readonly address: RedisAddress;
  /** Certificates of authorities in PEM, instead of those that Node.js trusts. */
  readonly ca: string | undefined;
  /** About how many notifications the stream keeps. */
  readonly length: number;
}

const MAX_LENGTH = 100_000_000;

/**
 * Reads the options about Redis. Undefined if Redis is not used. Throws an {@link OptionError}.
 *
 * @param directory - the path of the authority is relative to it
 */
export function readRedis(
  { prefix }: Build,
  options: OptionValues<DeclaredOptions>,
  directory: string,
): RedisSettings | undefined {
  const text = options[`${prefix}-redis` as const];
  const length = options[`${prefix}-redis-length` as const];
  if (!(length >= 1 && length <= MAX_LENGTH)) {
    throw new OptionError(
      `\`${prefix}-redis-length\` must be between 1 and ${MAX_LENGTH} notifications. ${length} is not.`,
    );
  }
  if (text === undefined || text === '') return undefined;
  const file = options[`${prefix}-redis-ca` as const];
  const ca = file === undefined ? undefined : readAuthority(prefix, resolve(directory, file));
  try {
    return { address: readRedisAddress(text), ca, length };
  } catch (cause) {
    if (!(cause instanceof RedisAddressError)) throw cause;
    throw new OptionError(
      `\`${prefix}-redis\` must be the address of Redis, such as redis://127.0.0.1:6379, redis+sentinel://HOST,HOST/NAME or redis+cluster://HOST,HOST: ${cause.message}.`,
      { cause },
    );
  }
}

function readAuthority(prefix: Build['prefix'], file: string): string {
  try {
    const ca = readFileSync(file, 'utf8');
    if (!ca.includes('-----BEGIN CERTIFICATE-----'))
      throw new Error('it has no certificate in PEM');
    createSecureContext({ ca });
    return ca;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OptionError(`\`${prefix}-redis-ca\` ${file} cannot be used: ${reason}.`, { cause });
  }
}
