import { FEATURES } from '../features.ts';
import { RawJson } from '@clnrest/json';
import { millisatoshi } from '@clnrest/lightningd/parameters';
import type { JsonObject, JsonOutput } from '../json/output.ts';
import type { OptionDefinition } from '../options/definition.ts';
import type { OptionRegistry } from '../options/registry.ts';
import { boolValue, intValue } from '../options/values.ts';

/** The node's configuration, as `init` reports it to plugins. */
export interface InitConfiguration {
  /** The network's directory. */
  readonly directory: string;
  /** The value of the option: relative to the directory, unless it is absolute. */
  readonly rpcFile: string;
  readonly network: string;
}

/**
 * The parameters of `init`. Option values are numbers, booleans, strings, or arrays for multi options. Options without a
 * value are omitted.
 *
 * @param startup - whether the node is starting, not only the plugin
 */
export function initParams(
  options: readonly OptionDefinition[],
  registry: OptionRegistry,
  { directory, rpcFile, network }: InitConfiguration,
  startup: boolean,
): JsonObject {
  return {
    options: new Map(
      options.flatMap((option) => {
        const value = optionJson(option, registry);
        return value === undefined ? [] : [[option.name, value] as const];
      }),
    ),
    configuration: {
      'lightning-dir': directory,
      'rpc-file': rpcFile,
      startup,
      network,
      feature_set: {
        init: FEATURES.init,
        node: FEATURES.node,
        channel: FEATURES.channel,
        invoice: FEATURES.invoice,
        bolt12_offer: FEATURES.bolt12Offer,
        bolt12_invreq: FEATURES.bolt12InvoiceRequest,
        bolt12_invoice: FEATURES.bolt12Invoice,
        channel_type: FEATURES.channelType,
      },
    },
  };
}

function optionJson(option: OptionDefinition, registry: OptionRegistry): JsonOutput | undefined {
  if (option.kind === 'flag') return registry.isSet(option.name) ? true : undefined;
  const given = registry.values(option.name);
  const values = given.length > 0 || option.fallback === undefined ? given : [option.fallback];
  if (values.length === 0) return undefined;
  const written = values.map((value) => valueJson(option, value));
  return option.multi === true ? written : written.at(-1);
}

/** A valid option value as JSON of the option's type. */
export function valueJson({ kind }: OptionDefinition, value: string): JsonOutput {
  switch (kind) {
    case 'int':
      return RawJson.checked(String(intValue(value) ?? 0n));
    case 'bool':
      return boolValue(value) ?? false;
    case 'msat':
      return millisatoshi(value) ?? 0n;
    case 'flag':
      return true;
    case 'string':
      return value;
  }
}
