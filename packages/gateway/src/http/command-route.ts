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
import type { Exchange, Route } from './path-table.ts';
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

/** No command has other characters in its name. */
const METHOD = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/;

/**
 * `POST /v1/<method>`: the way of a request. What can be refused without the node is refused first,
 * and nothing runs that the judge did not allow, with these very parameters.
 */
export function commandRoute(tools: CommandTools): Route {
  return async (exchange) => {
    const { request, response, captures } = exchange;
    const method = readMethod(captures['*']);
    checkAccept(request.headers.accept);
    const rune = readRune(request.headers['rune']);
    const body = await readCallBody(exchange, tools);
    let call: Call;
    try {
      call = { method, params: readParameters(request.headers['content-type'], body.bytes) };
      const refusal = await tools.judge(rune, call);
      if (refusal !== undefined) throw refusal;
    } finally {
      body.release();
    }
    if (response.destroyed) throw new CallerLeft();
    const giveBack = tools.slots.take(rune);
    try {
      await runCommand(call, exchange, tools);
    } finally {
      giveBack();
    }
  };
}

function readMethod(name: string | undefined): string {
  if (name === undefined || !METHOD.test(name)) throw Refusal.of('impossible_method');
  return name;
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

async function runCommand(
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
