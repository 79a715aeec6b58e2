import type { RpcClient } from '@clnrest/lightningd';
import { translate } from '../answers/translate.ts';
import { Refusal } from '../errors.ts';
import { formatOf, MEDIA_TYPES, type MediaType } from '../formats/media-types.ts';
import type { Limits } from '../limits.ts';
import { commandFailure } from '../node/failure.ts';
import type { Call, Judge, Question } from '../node/judge.ts';
import { bodyFormat } from '../parameters/content-type.ts';
import { mergeParameters } from '../parameters/merge.ts';
import { bodyLimit, readParameters } from '../parameters/parameters.ts';
import { choose } from './accept.ts';
import { type BodyBudget, type HeldBody, readBody } from './body.ts';
import type { Callers } from './callers.ts';
import { CallerLeft } from './caller-left.ts';
import { chooseCoding } from './coding.ts';
import type { CommandSlots } from './command-slots.ts';
import type { Compressors } from './compressors.ts';
import type { Exchange } from './path-table.ts';
import { type AnswerForm, sendResult } from './result.ts';
import { readRune } from './rune-header.ts';

/** What commands are run with. */
export interface CommandTools {
  readonly node: RpcClient;
  readonly judge: Judge;
  readonly limits: Limits;
  readonly budget: BodyBudget;
  readonly slots: CommandSlots;
  readonly callers: Callers;
  readonly compressors: Compressors;
}

/** On what condition a command runs: its caller's rune allows what is asked, or none is needed. */
export type Condition =
  { readonly rune: 'required'; question(call: Call): Question } | { readonly rune: 'none' };

/** Where a path leads: a command, what of its parameters is known, and on what condition it runs. */
export interface CommandTarget {
  /** The command that runs, whatever the request says. */
  readonly method: string;
  readonly condition: Condition;
  /** Parameters that are given outside of the body: the canonical JSON of an object. */
  readonly outside: string;
}

/**
 * Runs a command for a caller: the way of a request. What can be refused without the node is refused
 * first, and nothing runs that the judge did not allow, with these very parameters.
 */
export async function runTarget(
  target: CommandTarget,
  exchange: Exchange,
  tools: CommandTools,
): Promise<void> {
  const { request, response } = exchange;
  const { method, condition, outside } = target;
  const type = answerType(request.headers.accept);
  const rune = condition.rune === 'required' ? readRune(request.headers['rune']) : undefined;
  const body = await readCallBody(exchange, tools);
  let call: Call;
  try {
    const inside = await readParameters(request.headers['content-type'], body.bytes, method);
    call = { method, params: mergeParameters(outside, inside) };
    await allow(call, rune, condition, tools.judge);
  } finally {
    body.release();
  }
  if (response.destroyed) throw new CallerLeft();
  const giveBack = tools.slots.take(rune);
  try {
    await answerWithResult(call, type, exchange, tools);
  } finally {
    giveBack();
  }
}

/** Throws a {@link Refusal} unless the call may run. */
async function allow(
  call: Call,
  rune: string | undefined,
  condition: Condition,
  judge: Judge,
): Promise<void> {
  if (condition.rune === 'none') return;
  const refusal =
    rune === undefined ? Refusal.of('missing_rune') : await judge(rune, condition.question(call));
  if (refusal !== undefined) throw refusal;
}

function answerType(accept: string | undefined): MediaType {
  const type = choose(accept, MEDIA_TYPES);
  if (type === undefined) throw Refusal.of('accept');
  return type;
}

async function readCallBody(
  { request, response }: Exchange,
  { limits, budget }: CommandTools,
): Promise<HeldBody> {
  // What we can't read need not arrive; but what is empty is fine, whatever it says it is.
  const type = request.headers['content-type'];
  if (Number(request.headers['content-length']) > 0) bodyFormat(type);
  const bodyBytes = bodyLimit(type, limits.bodyBytes);
  return readBody(request, response, { ...limits, bodyBytes }, budget);
}

async function answerWithResult(
  { method, params }: Call,
  type: MediaType,
  { request, response }: Exchange,
  { node, callers, compressors }: CommandTools,
): Promise<void> {
  const accepted = request.headers['accept-encoding'];
  const coding = UNCOMPRESSED.has(method) ? undefined : chooseCoding(accepted, ['br', 'gzip']);
  const form: AnswerForm = { type, coding, compressors };
  try {
    const signal = callers.signalOf(request.socket);
    const result = await node.callStream(method, params, { signal });
    const format = formatOf(type);
    await sendResult(
      format === 'json' ? result : translate(result, format, method),
      response,
      form,
    );
  } catch (error) {
    throw commandFailure(error);
  }
}

/**
 * Commands that list runes. Who sees how long compressed answers are, and may put text of their own into
 * them, could find out in time what else is in them; a rune is good for more than to be looked at.
 */
const UNCOMPRESSED: ReadonlySet<string> = new Set(['showrunes', 'commando-listrunes']);
