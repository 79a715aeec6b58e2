import type { Params } from '../rpc/call.ts';
import type { RpcClientOptions } from '../rpc/client.ts';
import type { OptionDeclarations, OptionValues } from './option-types.ts';

/** lightningd's log levels; `warn` is `unusual`, and `error` is `broken`. lightningd kills a plugin that uses another. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'unusual' | 'warn' | 'broken' | 'error';

/** The parameters of `getmanifest`. */
export interface ManifestRequest {
  /** Whether the node accepts deprecated options and methods. */
  readonly allowDeprecatedApis: boolean;
}

/** Returned by `onManifest` or `onInit` to disable the plugin. lightningd logs the reason. */
export interface Declined {
  readonly disable: string;
}

/** The node's configuration, from `init`. */
export interface Configuration {
  /** The node's directory with the network, e.g. `/home/me/.lightning/bitcoin`. */
  readonly lightningDir: string;
  /** The socket's file name, relative to `lightningDir` unless absolute. */
  readonly rpcFile: string;
  /** The full path of the socket. */
  readonly socketPath: string;
  /** True if the plugin started with the node, false if by `plugin start`. */
  readonly startup: boolean;
  /** `bitcoin`, `testnet`, `signet`, `regtest`, … */
  readonly network: string;
  /** The node's version, e.g. `v26.06.6`; undefined if the node did not set `LIGHTNINGD_VERSION`. */
  readonly version: string | undefined;
  /** Feature bits in hex, by the message that announces them. */
  readonly featureSet: Readonly<Record<string, string>>;
  /** The whole object as lightningd sent it. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** The argument of the init callback. */
export interface InitContext<O extends OptionDeclarations> {
  readonly options: OptionValues<O>;
  readonly configuration: Configuration;
}

/** A call of a registered method or hook. */
export interface PluginCall<Params = unknown> {
  /** The caller's id, e.g. `cli:hello#42/cln:hello#7`. Use it as a prefix for the ids of follow-up calls. */
  readonly id: string;
  readonly method: string;
  /**
   * The parsed parameters. Integers beyond ±(2^53 − 1) are bigints. Reading them throws an RpcError if an
   * integer has more than 10,000 digits.
   */
  readonly params: Params;
  /** The parameters as the JSON text that arrived, digit for digit. */
  readonly paramsText: string;
  /** The caller's reply filter as JSON text, if it sent one. Handlers can ignore it. */
  readonly filterText: string | undefined;
  /** Aborted when the plugin closes. lightningd does not notify plugins when a caller disconnects. */
  readonly signal: AbortSignal;
  /** Sends a message to the caller while the command runs. Only callers that enabled notifications receive it. */
  message(level: LogLevel, text: string): void;
  /** Reports the command's progress: `num` of `total`, from 0, optionally within stage `num` of `total`. */
  progress(progress: Progress): void;
}

/** The argument of {@link PluginCall.progress}. */
export interface Progress {
  readonly num: number;
  readonly total: number;
  readonly stage?: { readonly num: number; readonly total: number };
}

/** A method in the manifest. */
export interface MethodDeclaration {
  /** The parameters, with optional ones in brackets, e.g. `amount_msat label [description]`. */
  readonly usage?: string;
  readonly description?: string;
  readonly longDescription?: string;
  readonly deprecated?: boolean | readonly [string] | readonly [string, string];
  /**
   * Checks the parameters for the `check` command. Throws an RpcError if the method would reject them.
   * Must not have side effects.
   */
  readonly check?: ((call: PluginCall) => unknown) | undefined;
}

/**
 * Handles a method. Its return value is the result, encoded by {@link encodeJson}; `undefined` becomes
 * `{}`. A thrown RpcError becomes the error reply. Any other error is logged and returned as code -32603.
 */
export type MethodHandler = (call: PluginCall) => unknown;

/** The message that announces feature bits. */
export type FeaturePlace = 'init' | 'node' | 'channel' | 'invoice';

/** Options of a {@link Plugin}. */
export interface PluginSettings<O extends OptionDeclarations, T extends string> {
  readonly options?: O;
  /** Topics that the plugin sends with `notify`. */
  readonly notifications?: readonly T[];
  /** Whether the plugin supports `plugin start` and `plugin stop`. True by default, false with feature bits. */
  readonly dynamic?: boolean;
  /** Feature bits to announce, in hex. lightningd accepts them only from plugins that are not dynamic. */
  readonly featureBits?: Readonly<Partial<Record<FeaturePlace, string>>>;
  /** Types of peer messages that reach the `custommsg` hook. */
  readonly customMessages?: readonly number[];
  /** Milliseconds for the close callbacks. 10,000 by default; lightningd kills the plugin after 30,000. */
  readonly closeTimeoutMs?: number;
  /** Options of `plugin.rpc`. */
  readonly rpc?: Omit<RpcClientOptions, 'socketPath'>;
}

/** Parameters of a notification: a value, or a string with JSON text. */
export type NotificationParams = Params;
