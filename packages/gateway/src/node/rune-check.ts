import type { RpcPipeline } from '@clnrest/lightningd';
import { Refusal } from '../refusals.ts';
import type { LocalJudge } from '../judge/local-judge.ts';
import { checkRuneWithNode } from './checkrune.ts';
import type { RuneCheck } from './checked-call.ts';
import type { RuneReader } from './rune-reader.ts';
import { staticRefusal } from './static-refusal.ts';

/** Dependencies of {@link makeRuneCheck}. */
export interface RuneCheckTools {
  /** The shared connection for `checkrune`. */
  readonly pipeline: RpcPipeline;
  readonly reader: RuneReader;
  /** Decides without the node where it can. */
  readonly judge: LocalJudge | undefined;
  /** The time for the node to reply. */
  readonly timeoutMs: number;
}

/**
 * Makes the rune check. The local judge decides what depends only on the rune and the call. For all other calls, the node's
 * `checkrune` and then the gateway's own check must both allow the call. The node is first, because only the node knows
 * whether the rune is genuine.
 */
export function makeRuneCheck({ pipeline, reader, judge, timeoutMs }: RuneCheckTools): RuneCheck {
  return async (text, call) => {
    const rune = reader.read(text);
    if (rune instanceof Refusal) return rune;
    const verdict = judge?.verdict(rune, call) ?? 'ask the node';
    if (verdict === 'allowed') return undefined;
    if (verdict instanceof Refusal) return verdict;
    judge?.reportUses(rune);
    const refusal = await checkRuneWithNode(pipeline, text, call, timeoutMs);
    judge?.nodeReplied();
    if (refusal !== undefined) return refusal;
    reader.keep(rune);
    return staticRefusal(rune.rune, call);
  };
}
