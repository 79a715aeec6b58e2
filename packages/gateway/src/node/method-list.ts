import { RpcError, type RpcClient } from '@clnrest/lightningd';
import { commandFailure, harmlessNodeFailure } from './failure.ts';

/** A command, as `help` tells of it. */
export interface MethodHelp {
  /** How it is used: `invoice amount_msat label description [expiry] …`. */
  readonly usage: string;
  /** What newer nodes do not tell any more (v23.08 did, v26.06 does not). */
  readonly category: string | undefined;
  readonly description: string | undefined;
}

/** The commands that the node has. */
export interface Methods {
  /** The node's own answer to `help`, as JSON text. */
  readonly text: string;
  readonly commands: readonly MethodHelp[];
}

/** How long an answer is good for: a plugin that starts or stops shows at once, for human eyes. */
const FRESH_MS = 1_000;

/**
 * The node's commands, from its `help`. Whoever asks needs no rune, so asking must cost the node
 * little: all who ask within a second, or while the node is being asked, share one answer.
 */
export class MethodList {
  readonly #node: RpcClient;
  readonly #timeoutMs: number;
  #answer: Promise<Methods> | undefined;

  constructor(node: RpcClient, timeoutMs: number) {
    this.#node = node;
    this.#timeoutMs = timeoutMs;
  }

  /** Rejects with a Refusal where the node does not answer. */
  read(): Promise<Methods> {
    this.#answer ??= this.#ask();
    return this.#answer;
  }

  async #ask(): Promise<Methods> {
    try {
      const text = await this.#node.callText('help', '{}', { timeoutMs: this.#timeoutMs });
      setTimeout(() => this.#forget(), FRESH_MS).unref();
      return { text, commands: commandsOf(JSON.parse(text)) };
    } catch (error) {
      this.#forget();
      throw error instanceof RpcError ? commandFailure(error) : harmlessNodeFailure(error);
    }
  }

  #forget(): void {
    this.#answer = undefined;
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
