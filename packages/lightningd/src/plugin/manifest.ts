import type { PluginSettings } from './declarations.ts';
import type { OptionDeclarations } from './option-types.ts';
import { manifestOptions } from './options.ts';
import type { Registry } from './registry.ts';

/** Builds the result of `getmanifest`. */
export function manifest(
  settings: PluginSettings<OptionDeclarations, string>,
  registry: Registry,
): Record<string, unknown> {
  const { featureBits, customMessages, notifications = [], options = {} } = settings;
  return {
    options: manifestOptions(options),
    rpcmethods: [...registry.methods].map(([name, { declaration }]) => ({
      name,
      usage: declaration.usage ?? '',
      // Older nodes require a description.
      description: declaration.description ?? name,
      long_description: declaration.longDescription,
      deprecated: declaration.deprecated,
    })),
    subscriptions: registry.subscriptions(),
    hooks: [...registry.hooks].map(([name, { declaration }]) => ({
      name,
      before: declaration.before,
      after: declaration.after,
      filters: declaration.filters,
    })),
    notifications: notifications.map((method) => ({ method })),
    dynamic: settings.dynamic ?? featureBits === undefined,
    nonnumericids: true,
    // Without it lightningd accepts every `check`, and logs that at level unusual.
    cancheck: true,
    featurebits: featureBits,
    custommessages: customMessages,
  };
}
