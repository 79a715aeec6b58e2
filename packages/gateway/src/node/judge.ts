import { RpcError, type RpcPipeline } from '@clnrest/lightningd';
import { Rune, RuneSyntaxError, uniqueIdNumber } from '@clnrest/runes';
import { Refusal } from '../errors.ts';
import { harmlessNodeFailure, METHOD_NOT_FOUND } from './failure.ts';
import { within } from './within.ts';

/** JSON-RPC's "invalid params", which lightningd says of what is no rune. */
const INVALID_PARAMS = -32602;

/** What a caller wants to run. */
export interface Call {
  readonly method: string;
  /** The parameters in canonical JSON: the very text that the command gets. */
  readonly params: string;
}

/** What the judge is asked about a rune. Mostly it is just a {@link Call}. */
export interface Question extends Call {
  /** The id of the node that is to count as the caller. */
  readonly nodeid?: string | undefined;
}

/**
 * Judges whether a rune allows a call: resolves with nothing, or with the refusal. Rejects where no
 * judgement could be had; then nothing is allowed.
 */
export type Judge = (rune: string, question: Question) => Promise<Refusal | undefined>;

/**
 * The node as judge: its `checkrune`, on one connection that all requests share. A check that passes
 * writes to the node's database; with batching on, checks that arrive together share one commit
 * (observed on v26.06.6: 1,000 a second without, 6,500 with 32 in flight).
 */
export function nodeJudge(pipeline: RpcPipeline, timeoutMs: number): Judge {
  return async (rune, { nodeid, method, params }) => {
    const malformed = malformation(rune);
    if (malformed !== undefined) return malformed;
    const id = nodeid === undefined ? '' : `,"nodeid":${JSON.stringify(nodeid)}`;
    const question = `{"rune":${JSON.stringify(rune)}${id},"method":${JSON.stringify(method)},"params":${params}}`;
    try {
      const answer = await within(timeoutMs, pipeline.callText('checkrune', question));
      // Anything but this is no permission.
      if (isValid(answer)) return undefined;
      return Refusal.ofNode('rune_refused', { code: 1502, message: 'Rune is not valid' });
    } catch (error) {
      if (!(error instanceof RpcError)) throw harmlessNodeFailure(error);
      if (error.code === METHOD_NOT_FOUND) return Refusal.of('judge_missing', { cause: error });
      return Refusal.ofNode('rune_refused', error);
    }
  };
}

/**
 * What lightningd would say of a text that can't be a rune. It is not asked, because it would write the
 * text into its log: a rune that lacks a character is still a secret.
 */
function malformation(text: string): Refusal | undefined {
  const says = (what: string): Refusal =>
    Refusal.ofNode('rune_refused', { code: INVALID_PARAMS, message: `rune: should ${what}` });
  try {
    const { uniqueId } = Rune.fromBase64(text);
    const isNumbered = uniqueId !== undefined && uniqueIdNumber(uniqueId) !== undefined;
    return isNumbered ? undefined : says('have valid numeric unique_id');
  } catch (error) {
    if (error instanceof RuneSyntaxError) return says('be base64 string');
    throw error;
  }
}

function isValid(answer: string): boolean {
  if (answer === '{"valid":true}') return true;
  const result: unknown = JSON.parse(answer);
  return (
    typeof result === 'object' && result !== null && 'valid' in result && result.valid === true
  );
}
