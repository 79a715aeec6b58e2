import type { Params } from '../rpc/call.ts';
import type { RpcClientOptions } from '../rpc/client.ts';
import type { OptionDeclarations, OptionValues } from './option-types.ts';

/** The levels that lightningd knows; `warn` is `unusual`, and `error` is `broken`. An unknown one kills the plugin. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'unusual' | 'warn' | 'broken' | 'error';

/** What the `getmanifest` request tells. */
export interface ManifestRequest {
  /** Whether the node still puts up with deprecated options and methods. */
  readonly allowDeprecatedApis: boolean;
}

/** Returned by `onManifest` or `onInit`: the plugin declines to run, and lightningd logs why. */
export interface Declined {
  readonly disable: string;
}

/** What `init` tells of the node. */
export interface Configuration {
  /** The node's directory, network included, e.g. `/home/me/.lightning/bitcoin`. */
  readonly lightningDir: string;
  /** The name of the socket, inside `lightningDir` unless absolute. */
  readonly rpcFile: string;
  /** The whole path of the socket. */
  readonly socketPath: string;
  /** Whether the plugin was started along with the node (else by `plugin start`). */
  readonly startup: boolean;
  /** `bitcoin`, `testnet`, `signet`, `regtest`, … */
  readonly network: string;
  /** The node's version, e.g. `v26.06.6`; undefined if the node did not tell. */
  readonly version: string | undefined;
  /** Feature bits in hex, by the place where they are announced. */
  readonly featureSet: Readonly<Record<string, string>>;
  /** The whole object as it came. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** What the init callback gets. */
export interface InitContext<O extends OptionDeclarations> {
  readonly options: OptionValues<O>;
  readonly configuration: Configuration;
}

/** A call of a method, or of a hook, that the plugin registered. */
export interface PluginCall {
  /** The caller's id, e.g. `cli:hello#42/cln:hello#7`; fit to be the start of ids of our own calls. */
  readonly id: string;
  readonly method: string;
  /**
   * The parameters, parsed by {@link parseJson}. Reading them throws an RpcError if an integer has more than
   * 10,000 digits.
   */
  readonly params: unknown;
  /** The parameters as the JSON text that arrived, digit for digit. */
  readonly paramsText: string;
  /** The caller's reply filter as JSON text, if one was sent. It is a wish: it may be ignored. */
  readonly filterText: string | undefined;
  /** Aborted when the plugin closes. lightningd does not tell when a caller has left. */
  readonly signal: AbortSignal;
  /** A word to the caller while the command runs. Seen by callers that enabled notifications. */
  message(level: LogLevel, text: string): void;
  /** How far the command is, `num` of `total` from 0, within stage `num` of `total`. */
  progress(progress: Progress): void;
}

/** See {@link PluginCall.progress}. */
export interface Progress {
  readonly num: number;
  readonly total: number;
  readonly stage?: { readonly num: number; readonly total: number };
}

/** Something that happened in the node or in another plugin. */
export interface Notification {
  readonly topic: string;
  /** The plugin it comes from; `undefined` for the node's own. */
  readonly origin: string | undefined;
  /** The params, parsed by {@link parseJson}: `{[topic]: {…}}` for the node's own topics. */
  readonly params: unknown;
  /** The params as the JSON text that arrived, digit for digit. */
  readonly paramsText: string;
  /** What is inside the params' wrapping, if they are wrapped in the topic's name. */
  readonly payload: unknown;
}

/** How a method is announced. */
export interface MethodDeclaration {
  /** The parameters, optional ones in brackets, e.g. `amount_msat label [description]`. */
  readonly usage?: string;
  readonly description?: string;
  readonly longDescription?: string;
  readonly deprecated?: boolean | readonly [string] | readonly [string, string];
  /**
   * Judges the parameters for the `check` command: throws an RpcError if the method would refuse
   * them. Must have no other effect.
   */
  readonly check?: ((call: PluginCall) => unknown) | undefined;
}

/** How a hook is announced. */
export interface HookDeclaration {
  /** Plugins that must be asked after this one. */
  readonly before?: readonly string[];
  /** Plugins that must be asked before this one. */
  readonly after?: readonly string[];
  /** Narrows some hooks: `custommsg` to message types, `rpc_command` to names of commands. */
  readonly filters?: readonly (string | number)[];
  /**
   * The answer when the handler throws. `{ result: 'continue' }` by default: an error reply to a hook
   * makes lightningd exit, so there must be some answer.
   */
  readonly fallback?: Readonly<Record<string, unknown>>;
}

/**
 * Handles a method. What it returns is the result (bigints are written as their digits, a RawJson as
 * its text); `undefined` gives `{}`. A thrown RpcError is the error reply; anything else that is
 * thrown is logged and answered with code -32603.
 */
export type MethodHandler = (call: PluginCall) => unknown;
/**
 * Handles a hook. What it returns is the result; `undefined` gives `{ result: 'continue' }`. What is
 * thrown is logged, and the hook's `fallback` is the answer.
 */
export type HookHandler = (call: PluginCall) => unknown;
/** Handles a notification. A failure is logged. */
export type NotificationHandler = (notification: Notification) => unknown;

/** Where feature bits are announced. */
export type FeaturePlace = 'init' | 'node' | 'channel' | 'invoice';

/** What is known of a plugin before it starts. */
export interface PluginSettings<O extends OptionDeclarations, T extends string> {
  readonly options?: O;
  /** Topics that the plugin may send with `notify`. */
  readonly notifications?: readonly T[];
  /** Whether `plugin start` and `plugin stop` may be used. True by default, false with feature bits. */
  readonly dynamic?: boolean;
  /** Feature bits to announce, in hex. lightningd takes them only of plugins that are not dynamic. */
  readonly featureBits?: Readonly<Partial<Record<FeaturePlace, string>>>;
  /** Types of peer messages to let through to the `custommsg` hook. */
  readonly customMessages?: readonly number[];
  /** Milliseconds that the close callbacks get. 10,000 by default; lightningd kills after 30,000. */
  readonly closeTimeoutMs?: number;
  /** Passed on to `plugin.rpc`. */
  readonly rpc?: Omit<RpcClientOptions, 'socketPath'>;
}

/** Parameters of a notification: a value, or a string that holds JSON text. */
export type NotificationParams = Params;
