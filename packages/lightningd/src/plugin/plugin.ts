import type { Readable, Writable } from 'node:stream';
import type { RpcClient } from '../rpc/client.ts';
import type {
  Configuration,
  Declined,
  HookDeclaration,
  HookHandler,
  InitContext,
  LogLevel,
  MethodDeclaration,
  MethodHandler,
  NotificationHandler,
  NotificationParams,
  PluginSettings,
} from './declarations.ts';
import type { OptionDeclarations, OptionValues } from './option-types.ts';

/** What a plugin needs of its surroundings. `processIo()` is the real one. */
export interface PluginIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Ends the program. Absent in tests. */
  readonly exit?: (status: number) => void;
}

/** A lightningd plugin. */
export class Plugin<
  const O extends OptionDeclarations = Record<never, never>,
  const T extends string = never,
> {
  constructor(settings: PluginSettings<O, T> = {}) {
    void settings;
  }
  /** The options' values. Throws before `init`. */
  get options(): OptionValues<O> {
    throw new Error('in the making');
  }
  get configuration(): Configuration {
    throw new Error('in the making');
  }
  get rpc(): RpcClient {
    throw new Error('in the making');
  }
  method(_name: string, _declaration: MethodDeclaration, _handler: MethodHandler): this {
    throw new Error('in the making');
  }
  subscribe(_topic: string, _handler: NotificationHandler): this {
    throw new Error('in the making');
  }
  hook(_name: string, _handler: HookHandler, _declaration?: HookDeclaration): this {
    throw new Error('in the making');
  }
  /** Called at `getmanifest`; may decline. */
  onManifest(_callback: () => void | Declined | Promise<void | Declined>): this {
    throw new Error('in the making');
  }
  /** Called at `init`; may decline. */
  onInit(_callback: (context: InitContext<O>) => void | Declined | Promise<void | Declined>): this {
    throw new Error('in the making');
  }
  /** Called when a dynamic option is about to change; throwing an RpcError refuses it. */
  onSetConfig(_callback: (name: string, value: unknown) => unknown): this {
    throw new Error('in the making');
  }
  /** Called once at `shutdown` or when stdin ends. Subscribes to `shutdown`. */
  onClose(_callback: () => unknown): this {
    throw new Error('in the making');
  }
  log(_level: LogLevel, _message: string): void {
    throw new Error('in the making');
  }
  notify(_topic: T, _params: NotificationParams): void {
    throw new Error('in the making');
  }
  /** Speaks the protocol until the plugin is done; resolves with the exit status. */
  run(_io?: PluginIo): Promise<number> {
    throw new Error('in the making');
  }
}
