import type { PluginIo } from '../plugin/plugin-io.ts';

/** A plugin that runs in this process: a `Plugin` that is not running yet. */
export interface TestablePlugin {
  run(io: PluginIo): Promise<number>;
}

/** Settings of {@link startPlugin}. */
export interface PluginTestSettings {
  /** Values of the plugin's options by name. The others have their defaults. */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * The node's commands that the plugin calls. Each returns the result, and throws an `RpcError` for an error. Others are
   * unknown commands.
   */
  readonly commands?: Readonly<Record<string, (params: unknown) => unknown>>;
  /** Members that replace those of the configuration in `init`, such as `network`. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** The node's version. By default `v26.06.6`. */
  readonly version?: string;
  /** The node runs with `--developer`. */
  readonly developer?: boolean;
  /** More environment variables for a program. */
  readonly env?: Readonly<Record<string, string>>;
}
