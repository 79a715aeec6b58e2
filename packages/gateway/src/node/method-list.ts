import type { GatewayNode } from './gateway-node.ts';
import { RpcError } from '@clnrest/lightningd';
import { commandFailure, harmlessNodeFailure } from './command-failure.ts';

/** A command as the node's `help` lists it. */
export interface MethodHelp {
  /** The name and the parameters: `invoice amount_msat label description [expiry] …`. */
  readonly usage: string;
  /** Returned by older nodes only (v23.08 returns it, v26.06 does not), as is the description. */
  readonly category: string | undefined;
  readonly description: string | undefined;
}

/** The node's commands. */
export interface Methods {
  /** The node's result of `help`, as JSON text. */
  readonly text: string;
  readonly commands: readonly MethodHelp[];
}

/** The time for which a result is cached. Short, so that commands of a new plugin appear immediately. */
const CACHE_MS = 1_000;

/**
 * Reads and caches the node's commands. Clients need no rune to list them, so the cost for the node must
 * be limited: all requests within a second share one call of `help`.
 */
export class MethodList {
  readonly #node: GatewayNode;
  readonly #timeoutMs: number;
  #cached: Promise<Methods> | undefined;

  constructor(node: GatewayNode, timeoutMs: number) {
    this.#node = node;
    this.#timeoutMs = timeoutMs;
  }

  /** Rejects with a refusal if the node does not respond. */
  read(): Promise<Methods> {
    this.#cached ??= this.#fetch();
    return this.#cached;
  }

  async #fetch(): Promise<Methods> {
    try {
      const text = await this.#node.callText('help', '{}', { timeoutMs: this.#timeoutMs });
      setTimeout(() => this.#clear(), CACHE_MS).unref();
      return { text, commands: commandsOf(JSON.parse(text)) };
    } catch (error) {
      this.#clear();
      throw error instanceof RpcError ? commandFailure(error) : harmlessNodeFailure(error);
    }
  }

  #clear(): void {
    this.#cached = undefined;
  }
}

function commandsOf(result: unknown): readonly MethodHelp[] {
  if (typeof result !== 'object' || result === null || !('help' in result)) return [];
  if (!Array.isArray(result.help)) return [];
  return result.help.flatMap((entry: unknown) => {
    const usage = textOf(entry, 'command')?.trim();
    if (usage === undefined) return [];
    const category = textOf(entry, 'category');
    return [{ usage, category, description: textOf(entry, 'description') }];
  });
}

function textOf(entry: unknown, name: string): string | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const value: unknown = Reflect.get(entry, name);
  return typeof value === 'string' ? value : undefined;
}
