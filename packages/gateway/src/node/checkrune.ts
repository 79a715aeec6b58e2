import { RpcError, type RpcPipeline } from '@clnrest/lightningd';
import { Refusal } from '../refusals.ts';
import { nodeParams } from '../parameters/parse-body.ts';
import { harmlessNodeFailure, METHOD_NOT_FOUND } from './command-failure.ts';
import type { CheckedCall } from './checked-call.ts';

/**
 * Calls the node's `checkrune`. Returns the refusal if the rune does not allow the call, otherwise undefined. Rejects if the
 * node does not respond; access is denied then.
 *
 * All checks share one connection. A successful `checkrune` writes to the node's database. With batching, concurrent checks
 * share one commit (v26.06.6: 1,000 checks a second without batching, 6,500 with batching and 32 in flight).
 */
export async function checkRuneWithNode(
  pipeline: Pick<RpcPipeline, 'callText'>,
  rune: string,
  { nodeid, method, params }: CheckedCall,
  timeoutMs: number,
): Promise<Refusal | undefined> {
  const id = nodeid === undefined ? '' : `,"nodeid":${JSON.stringify(nodeid)}`;
  const checkruneParams = `{"rune":${JSON.stringify(rune)}${id},"method":${JSON.stringify(method)},"params":${params}}`;
  try {
    const reply = await pipeline.callText('checkrune', nodeParams(params, checkruneParams), {
      timeoutMs,
    });
    // Any other reply means that access is denied.
    if (isValid(reply)) return undefined;
    return Refusal.ofNode('rune_refused', { code: 1502, message: 'Rune is not valid' });
  } catch (error) {
    if (!(error instanceof RpcError)) throw harmlessNodeFailure(error);
    if (error.code === METHOD_NOT_FOUND) return Refusal.of('checkrune_missing', { cause: error });
    return Refusal.ofNode('rune_refused', error);
  }
}

function isValid(reply: string): boolean {
  if (reply === '{"valid":true}') return true;
  const result: unknown = JSON.parse(reply);
  return (
    typeof result === 'object' && result !== null && 'valid' in result && result.valid === true
  );
}
