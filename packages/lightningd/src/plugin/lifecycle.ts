import { RpcClient } from '../rpc/client.ts';
import { INVALID_PARAMS } from '../rpc/error-codes.ts';
import { RpcError } from '../rpc/errors.ts';
import { readInit } from './configuration.ts';
import type {
  Configuration,
  Declined,
  InitContext,
  ManifestRequest,
  PluginSettings,
} from './declarations.ts';
import { manifest } from './manifest.ts';
import type { OptionDeclarations, OptionValues } from './option-types.ts';
import { OptionError, readOption, readOptions } from './options.ts';
import type { MessageWriter } from './message-writer.ts';
import type { Registry } from './registry.ts';

/** The result of a callback that can disable the plugin. */
export type MayDecline = void | Declined | Promise<void | Declined>;

/** Handles lightningd's requests to the plugin itself, and runs the plugin's callbacks. */
export class Lifecycle<O extends OptionDeclarations> {
  readonly manifestCallbacks: ((request: ManifestRequest) => MayDecline)[] = [];
  readonly initCallbacks: ((context: InitContext<O>) => MayDecline)[] = [];
  readonly setConfigCallbacks: ((name: string, value: unknown) => unknown)[] = [];
  readonly closeCallbacks: (() => unknown)[] = [];
  /** Defined after `init`, like the next two. */
  options: OptionValues<O> | undefined;
  configuration: Configuration | undefined;
  rpc: RpcClient | undefined;
  readonly #settings: PluginSettings<O, string>;
  readonly #declarations: OptionDeclarations;
  readonly #registry: Registry;
  readonly #writer: MessageWriter;
  #version: string | undefined;

  constructor(settings: PluginSettings<O, string>, registry: Registry, writer: MessageWriter) {
    this.#settings = settings;
    this.#declarations = settings.options ?? {};
    this.#registry = registry;
    this.#writer = writer;
  }

  /** Sets the node's version, which its environment variable contains. */
  setVersion(version: string | undefined): void {
    this.#version = version;
  }

  async getmanifest(params: unknown): Promise<unknown> {
    const allowDeprecatedApis = member(params, 'allow-deprecated-apis') === true;
    for (const callback of this.manifestCallbacks) {
      const declined = await callback({ allowDeprecatedApis });
      if (declined !== undefined) return { disable: declined.disable };
    }
    this.#registry.close();
    return manifest(this.#settings, this.#registry);
  }

  async init(params: unknown): Promise<unknown> {
    try {
      const { options, configuration } = readInit(params, this.#version);
      const { socketPath } = configuration;
      this.options = readOptions(this.#declarations, options) as OptionValues<O>;
      this.configuration = configuration;
      this.rpc = new RpcClient({ idPrefix: 'plugin', ...this.#settings.rpc, socketPath });
      for (const callback of this.initCallbacks) {
        const declined = await callback({ options: this.options, configuration });
        if (declined !== undefined) return { disable: declined.disable };
      }
      return {};
    } catch (error) {
      if (error instanceof OptionError) return { disable: error.message };
      this.#writer.failure('broken', 'init failed', error);
      return { disable: `init failed: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  async setconfig(params: unknown, checkOnly: boolean): Promise<unknown> {
    const name = String(member(params, 'config'));
    const declaration = Object.hasOwn(this.#declarations, name)
      ? this.#declarations[name]
      : undefined;
    if (declaration === undefined) throw new RpcError(INVALID_PARAMS, `unknown option ${name}`);
    const text = member(params, 'val');
    let value: unknown;
    try {
      // `setconfig` sends no value for a flag.
      value = readOption(
        name,
        declaration,
        text ?? (declaration.type === 'flag' ? true : undefined),
      );
    } catch (error) {
      if (error instanceof OptionError) throw new RpcError(INVALID_PARAMS, error.message);
      throw error;
    }
    if (checkOnly) return {};
    for (const callback of this.setConfigCallbacks) await callback(name, value);
    this.options = { ...this.options, [name]: value } as OptionValues<O>;
    return {};
  }

  /** Never rejects: all callbacks run, even if one fails. */
  async close(): Promise<void> {
    const timeoutMs = this.#settings.closeTimeoutMs ?? 10_000;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.#writer.log('unusual', `the close callbacks took longer than ${timeoutMs} ms`);
        resolve();
      }, timeoutMs);
    });
    await Promise.race([this.#runCloseCallbacks(), late]);
    clearTimeout(timer);
    await this.rpc?.close();
  }

  async #runCloseCallbacks(): Promise<void> {
    for (const callback of this.closeCallbacks) {
      try {
        await callback();
      } catch (error) {
        this.#writer.failure('broken', 'a close callback failed', error);
      }
    }
  }
}

/** Returns a member of the params. */
function member(params: unknown, name: string): unknown {
  if (typeof params !== 'object' || params === null || !Object.hasOwn(params, name))
    return undefined;
  return (params as Record<string, unknown>)[name];
}
