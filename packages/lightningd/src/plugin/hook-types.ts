import type { HookName as LightningdHookName, HookPayloads } from '@clnrest/commands';
import type { PluginCall } from './declarations.ts';

/**
 * The name of a hook: those of lightningd v26.06.6, and those that a program adds to `HookPayloads` of
 * `@clnrest/commands` by declaration merging.
 */
export type HookName = keyof HookPayloads;

/** The parameters of a hook. Integers beyond ±(2^53 − 1) are bigints. */
export type HookRequest<Name extends HookName> = HookPayloads[Name]['request'];

/** The result of a hook. */
export type HookResponse<Name extends HookName> = HookPayloads[Name]['response'];

/** The filters of a hook. lightningd kills a plugin that sets filters for another of its hooks. */
type HookFilters<Name extends HookName> = Name extends 'custommsg'
  ? readonly number[]
  : Name extends 'rpc_command'
    ? readonly string[]
    : Name extends LightningdHookName
      ? never
      : readonly (string | number)[];

/** A hook in the manifest. */
export interface HookDeclaration<Name extends HookName = HookName> {
  /** Plugins that lightningd calls after this one. */
  readonly before?: readonly string[];
  /** Plugins that lightningd calls before this one. */
  readonly after?: readonly string[];
  /** Limits `custommsg` to types of messages, and `rpc_command` to names of commands. Other hooks have no filters. */
  readonly filters?: HookFilters<Name>;
  /**
   * The result if the handler throws. `{ result: 'continue' }` by default. There is always a result,
   * because an error reply to a hook makes lightningd exit.
   */
  readonly fallback?: HookResponse<Name>;
}

/**
 * Handles a hook. Its return value is the result; `undefined` becomes `{ result: 'continue' }`. A thrown
 * error is logged, and the hook's `fallback` becomes the result.
 */
export type HookHandler<Name extends HookName = HookName> = (
  call: PluginCall<HookRequest<Name>>,
) => MaybePromise<HookResponse<Name> | void>;

type MaybePromise<T> = T | Promise<T>;
