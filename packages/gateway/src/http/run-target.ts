import type { RpcClient } from '@clnrest/lightningd';
import { Refusal } from '../errors.ts';
import type { Limits } from '../limits.ts';
import { commandFailure } from '../node/failure.ts';
import type { Call, Judge } from '../node/judge.ts';
import { bodyFormat, readParameters } from '../parameters/parameters.ts';
import { choose } from './accept.ts';
import { type BodyBudget, type HeldBody, readBody } from './body.ts';
import type { Callers } from './callers.ts';
import { CallerLeft } from './caller-left.ts';
import type { CommandSlots } from './command-slots.ts';
import type { Exchange } from './path-table.ts';
import { sendResult } from './result.ts';
import { readRune } from './rune-header.ts';

/** What commands are run with. */
export interface CommandTools {
  readonly node: RpcClient;
  readonly judge: Judge;
  readonly limits: Limits;
  readonly budget: BodyBudget;
  readonly slots: CommandSlots;
  readonly callers: Callers;
}

/** Where a path leads: a command, and what the judge is asked before it runs. */
export interface CommandTarget {
  /** The command that runs. */
  readonly method: string;
  /** What the judge is asked about a call that is to run. */
  question(call: Call): Call;
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
  checkAccept(request.headers.accept);
  const rune = readRune(request.headers['rune']);
  const body = await readCallBody(exchange, tools);
  let call: Call;
  try {
    const params = readParameters(request.headers['content-type'], body.bytes);
    call = { method: target.method, params };
    const refusal = await tools.judge(rune, target.question(call));
    if (refusal !== undefined) throw refusal;
  } finally {
    body.release();
  }
  if (response.destroyed) throw new CallerLeft();
  const giveBack = tools.slots.take(rune);
  try {
    await answerWithResult(call, exchange, tools);
  } finally {
    giveBack();
  }
}

function checkAccept(accept: string | undefined): void {
  if (choose(accept, ['application/json']) === undefined) throw Refusal.of('accept');
}

async function readCallBody(
  { request, response }: Exchange,
  { limits, budget }: CommandTools,
): Promise<HeldBody> {
  // What we can't read need not arrive; but what is empty is fine, whatever it says it is.
  if (Number(request.headers['content-length']) > 0) bodyFormat(request.headers['content-type']);
  return readBody(request, response, limits, budget);
}

async function answerWithResult(
  { method, params }: Call,
  { request, response }: Exchange,
  { node, callers }: CommandTools,
): Promise<void> {
  try {
    const signal = callers.signalOf(request.socket);
    const result = await node.callStream(method, params, { signal });
    await sendResult(result, response);
  } catch (error) {
    throw commandFailure(error);
  }
}
