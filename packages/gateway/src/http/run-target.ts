import type { Semaphore } from '@clnrest/bounds';
import type { RpcClient } from '@clnrest/lightningd';
import { translate } from '../answers/translate.ts';
import { Refusal } from '../errors.ts';
import { formatOf, MEDIA_TYPES, type MediaType } from '../formats/media-types.ts';
import type { Limits } from '../limits.ts';
import { changesConnection } from '../node/connection-commands.ts';
import { commandFailure } from '../node/failure.ts';
import type { Call, Judge, Question } from '../node/judge.ts';
import type { RuneVerifier } from '../node/rune-verifier.ts';
import type { TrustedProxies } from '../options/trusted-proxies.ts';
import type { BodyParser } from '../parameters/body-parser.ts';
import { bodyFormat, bodyLimit } from '../parameters/content-type.ts';
import { nodeParams } from '../parameters/parse-body.ts';
import { choose } from './accept.ts';
import { addressKey } from './address.ts';
import { type HeldBody, readBody } from './body.ts';
import type { Callers } from './callers.ts';
import { CallerLeft } from './caller-left.ts';
import { chooseCoding } from './coding.ts';
import { hasBody } from './gateway-request.ts';
import { NO_RUNE, type Origin, originOfAddress, originOfRune } from './origin.ts';
import type { Exchange } from '../routing/route.ts';
import { acquirePermit } from './permits.ts';
import { type AnswerForm, sendResult } from './result.ts';
import { readRune } from './rune-header.ts';

/** What commands are run with. */
export interface CommandTools {
  readonly node: RpcClient;
  readonly judge: Judge;
  readonly limits: Limits;
  readonly runes: RuneVerifier;
  readonly proxies: TrustedProxies;
  readonly parser: BodyParser;
  readonly callers: Callers;
  /** Bytes of bodies that are being read or judged. */
  readonly bodies: Semaphore;
  /** Commands that run in the node. */
  readonly slots: Semaphore;
  /** Answers that are compressed. */
  readonly compressors: Semaphore;
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
  const sender = await verifySender(rune, exchange, tools);
  const body = await readCallBody(exchange, sender, tools);
  let call: Call;
  try {
    const contentType = request.headers['content-type'];
    const params = await tools.parser.parse(
      { contentType, bytes: body.bytes, method, outside },
      { caller: sender.key, signal: tools.callers.signalOf(request.socket) },
    );
    call = { method, params };
    await allow(call, rune, condition, tools.judge);
  } finally {
    body.release();
  }
  if (response.destroyed) throw new CallerLeft();
  // The judge allowed the rune, so it is genuine.
  const caller = rune === undefined ? NO_RUNE : originOfRune(rune);
  const release = acquirePermit(tools.slots, caller, 'commands');
  try {
    await answerWithResult(call, { type, origin: caller }, exchange, tools);
  } finally {
    release();
  }
}

/**
 * Refuses a rune that the node would refuse whatever is asked of it, before the body is read. Returns
 * whom the body counts for: its rune if the rune is genuine, else its address. Asks the node only for a
 * request with a body: without one there is nothing to save.
 */
async function verifySender(
  rune: string | undefined,
  { request }: Exchange,
  { runes, proxies }: CommandTools,
): Promise<Origin> {
  if (rune !== undefined) {
    const standing = hasBody(request) ? await runes.verify(rune) : runes.known(rune);
    if (standing instanceof Refusal) throw standing;
    if (standing === 'genuine') return originOfRune(rune);
  }
  const { remoteAddress = '' } = request.socket;
  // node:http joins several headers of this name with commas.
  const client = proxies.clientOf(remoteAddress, String(request.headers['x-forwarded-for'] ?? ''));
  return originOfAddress(addressKey(client));
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
  origin: Origin,
  { limits, bodies }: CommandTools,
): Promise<HeldBody> {
  // What we can't read need not arrive; but what is empty is fine, whatever it says it is.
  const type = request.headers['content-type'];
  if (Number(request.headers['content-length']) > 0) bodyFormat(type);
  const maxBytes = bodyLimit(type, limits.bodyBytes);
  return readBody(request, response, { maxBytes, permits: bodies, origin });
}

async function answerWithResult(
  { method, params }: Call,
  { type, origin }: Pick<AnswerForm, 'type' | 'origin'>,
  { request, response }: Exchange,
  { node, callers, compressors }: CommandTools,
): Promise<void> {
  const accepted = request.headers['accept-encoding'];
  const coding = UNCOMPRESSED.has(method) ? undefined : chooseCoding(accepted, ['br', 'gzip']);
  const form: AnswerForm = { type, coding, compressors, origin };
  try {
    const signal = callers.signalOf(request.socket);
    const ownConnection = changesConnection(method);
    const result = await node.callStream(method, nodeParams(params), { signal, ownConnection });
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
