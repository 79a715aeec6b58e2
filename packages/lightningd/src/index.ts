/**
 * Speak with Core Lightning: a JSON-RPC client for its unix socket, and a framework for plugins.
 */

// Calling the node: a client with kept connections, and a shared connection for many small calls.
export { RpcClient, type RpcClientOptions } from './rpc/client.ts';
export { type PipelineOptions, type RpcPipeline } from './rpc/pipeline.ts';
export { type CallOptions, type ClientCallOptions, type Params } from './rpc/call.ts';

// What can go wrong: the node's own errors, failures on the way, and requests that cannot be written.
export {
  InvalidRequestError,
  RpcError,
  type RpcErrorDetails,
  TRANSPORT_ERROR_CODES,
  TransportError,
  type TransportErrorCode,
} from './rpc/errors.ts';

// Being a plugin: options, methods, hooks, notifications and the life between init and shutdown.
export { Plugin } from './plugin/plugin.ts';
export type { GuardedPlugin, PluginIo } from './plugin/plugin-io.ts';
export { processIo } from './plugin/process-io.ts';
export type {
  Configuration,
  Declined,
  FeaturePlace,
  HookDeclaration,
  HookHandler,
  InitContext,
  LogLevel,
  ManifestRequest,
  MethodDeclaration,
  MethodHandler,
  Notification,
  NotificationHandler,
  NotificationParams,
  PluginCall,
  PluginSettings,
  Progress,
} from './plugin/declarations.ts';
export type {
  BoolOption,
  FlagOption,
  IntOption,
  OptionDeclaration,
  OptionDeclarations,
  OptionValue,
  OptionValues,
  StringOption,
} from './plugin/option-types.ts';

// The wire: JSON objects cut out of a stream of bytes, raw texts of their parts, JSON that keeps all digits.
export { FrameError } from './json/frame-error.ts';
export { JsonFrames, type JsonFramesOptions } from './json/frames.ts';
export { encodeJson, RawJson } from './json/encode.ts';
export { parseJson } from './json/parse.ts';
export { readElements } from './json/elements.ts';
export { readMembers } from './json/members.ts';
