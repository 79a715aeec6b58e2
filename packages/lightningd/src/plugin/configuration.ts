import { resolve } from 'node:path';
import type { Configuration } from './declarations.ts';

/** Reads the `options` and the `configuration` of `init`. Throws a TypeError if they are malformed. */
export function readInit(
  params: unknown,
  version: string | undefined,
): { options: Record<string, unknown>; configuration: Configuration } {
  const { options, configuration } = record(params, 'init');
  return {
    options: record(options ?? {}, 'options'),
    configuration: readConfiguration(record(configuration, 'configuration'), version),
  };
}

function readConfiguration(
  raw: Record<string, unknown>,
  version: string | undefined,
): Configuration {
  const lightningDir = text(raw, 'lightning-dir');
  const rpcFile = text(raw, 'rpc-file');
  const features = Object.entries(record(raw['feature_set'] ?? {}, 'feature_set'));
  return {
    lightningDir,
    rpcFile,
    socketPath: resolve(lightningDir, rpcFile),
    startup: raw['startup'] !== false,
    network: text(raw, 'network'),
    version,
    featureSet: Object.fromEntries(features.map(([place, bits]) => [place, String(bits)])),
    raw,
  };
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new TypeError(`lightningd sent a malformed init: ${name} is not an object`);
}

function text(raw: Record<string, unknown>, name: string): string {
  const value = raw[name];
  if (typeof value === 'string') return value;
  throw new TypeError(`lightningd sent a malformed init: ${name} is not a string`);
}
