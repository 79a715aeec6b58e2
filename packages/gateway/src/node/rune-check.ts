import type { RpcPipeline } from '@clnrest/lightningd';
import { NOT_PERMITTED, pauseBetweenUses } from '@clnrest/runes';
import { Refusal } from '../refusals.ts';
import type { LocalJudge } from '../judge/local-judge.ts';
import { checkRuneWithNode } from './checkrune.ts';
import { ignoredParameter } from './ignored-parameters.ts';
import type { RuneCheck } from './checked-call.ts';
import type { Judge } from '../metrics/metrics.ts';
import type { RuneReader } from './rune-reader.ts';
import type { ParsedRune } from './parsed-rune.ts';
import { staticRefusal } from './static-refusal.ts';

/** Dependencies of {@link makeRuneCheck}. */
export interface RuneCheckTools {
  /** The shared connection for `checkrune`. */
  readonly pipeline: Pick<RpcPipeline, 'callText'>;
  readonly reader: RuneReader;
  /** Decides without the node where it can. */
  readonly judge: LocalJudge | undefined;
  /** The time for the node to reply. */
  readonly timeoutMs: number;
  /** Called after each check, with the part that decided and the seconds that it took. */
  readonly checked?: ((by: Judge, seconds: number) => void) | undefined;
}

/**
 * Makes the rune check. The local judge decides what depends only on the rune and the call. For all other calls, the node's
 * `checkrune` and then the gateway's own check must both allow the call. The node is first, because only the node knows
 * whether the rune is genuine.
 */
export function makeRuneCheck({
  pipeline,
  reader,
  judge,
  timeoutMs,
  checked = () => undefined,
}: RuneCheckTools): RuneCheck {
  return async (text, call) => {
    const started = performance.now();
    const rune = reader.read(text);
    if (rune instanceof Refusal) return rune;
    const verdict = judge?.verdict(rune, call) ?? 'ask the node';
    if (verdict !== 'ask the node') {
      checked('gateway', (performance.now() - started) / 1_000);
      return verdict === 'allowed' ? ignoredParameter(rune.rune, call) : verdict;
    }
    judge?.reportUses(rune);
    const refusal = await checkRuneWithNode(pipeline, text, call, timeoutMs);
    checked('node', (performance.now() - started) / 1_000);
    judge?.nodeReplied();
    if (refusal !== undefined) return isTooSoon(refusal) ? withRetryAfter(refusal, rune) : refusal;
    reader.keep(rune);
    return (await staticRefusal(rune.rune, call)) ?? ignoredParameter(rune.rune, call);
  };
}

/** The node joins the reasons of all alternatives. */
function isTooSoon({ code, message }: Refusal): boolean {
  return code === NOT_PERMITTED && /(?:^Not permitted: | AND )too soon(?: AND |$)/.test(message);
}

/** The last use is not known here, so the header has the longest time that the client may have to wait. */
function withRetryAfter(refusal: Refusal, { rune }: ParsedRune): Refusal {
  const seconds = Math.max(1, Math.ceil(Number(pauseBetweenUses(rune)) / 1e9));
  return refusal.with({ 'Retry-After': String(seconds) });
}
