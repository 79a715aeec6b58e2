import type { PluginSettings } from './declarations.ts';
import type { OptionDeclarations } from './option-types.ts';
import { manifestOptions } from './options.ts';
import type { Registry } from './registry.ts';

/** The result of `getmanifest`: all that lightningd must know of a plugin. */
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
      // Older nodes insist on a description.
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
    // Without it lightningd lets every `check` pass, and notes that as unusual.
    cancheck: true,
    featurebits: featureBits,
    custommessages: customMessages,
  };
}
