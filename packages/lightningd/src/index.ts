/** A JSON-RPC client for Core Lightning's unix socket, and a framework for its plugins. */

// Client: a connection pool, and a pipeline that shares one connection among many small calls.
export { RpcClient, type RpcClientOptions } from './rpc/client.ts';
export { type PipelineOptions, type RpcPipeline } from './rpc/pipeline.ts';
export { type CallOptions, type ClientCallOptions, type Params } from './rpc/call.ts';

// Errors: the node's own, those of the transport, and those of invalid requests.
export {
  InvalidRequestError,
  RpcError,
  type RpcErrorDetails,
  TRANSPORT_ERROR_CODES,
  TransportError,
  type TransportErrorCode,
} from './rpc/errors.ts';

// Plugins: options, methods, hooks, notifications, and the lifecycle from init to shutdown.
export { Plugin } from './plugin/plugin.ts';
export type { CommandDeclaration } from './plugin/command.ts';
export type { GuardedPlugin, PluginIo } from './plugin/plugin-io.ts';
export { processIo } from './plugin/process-io.ts';
export type {
  Configuration,
  Declined,
  FeaturePlace,
  InitContext,
  LogLevel,
  ManifestRequest,
  MethodDeclaration,
  MethodHandler,
  NotificationParams,
  PluginCall,
  PluginSettings,
  Progress,
} from './plugin/declarations.ts';
export type {
  HookDeclaration,
  HookHandler,
  HookName,
  HookRequest,
  HookResponse,
} from './plugin/hook-types.ts';
export type {
  NotificationHandler,
  NotificationPayload,
  NotificationTopic,
  PluginNotification,
  SentNotification,
} from './plugin/notification-types.ts';
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

// Paths: the home directory.
export { expandTilde, homeDirectory, TildeError } from './home-directory.ts';

// JSON: objects framed from a byte stream, raw texts of members, and exact integers.
export {
  FrameError,
  JsonFrames,
  type JsonFramesOptions,
  readElements,
  readMembers,
} from '@clnrest/json/bytes';
export {
  encodeJson,
  LossyValueError,
  type LossyValueProblem,
  parseJson,
  RawJson,
} from '@clnrest/json';
