import type { Semaphore } from '@clnrest/bounds';
import type { RpcClient } from '@clnrest/lightningd';
import { translate } from '../answers/translate.ts';
import { Refusal } from '../errors.ts';
import { formatOf, MEDIA_TYPES, type MediaType } from '../formats/media-types.ts';
import type { Limits } from '../limits.ts';
import { changesConnection } from '../node/connection-commands.ts';
import { commandFailure } from '../node/failure.ts';
import type { CommandCall, RuneCheck, RuneQuestion } from '../node/rune-question.ts';
import type { RuneVerifier } from '../node/rune-verifier.ts';
import type { TrustedProxies } from '../options/trusted-proxies.ts';
import type { BodyParser } from '../parameters/body-parser.ts';
import { bodyFormat, bodyLimit } from '../parameters/content-type.ts';
import { nodeParams } from '../parameters/parse-body.ts';
import { chooseMediaType } from './accept.ts';
import { addressKey } from './address.ts';
import { type HeldBody, readBody } from './body.ts';
import type { DisconnectSignals } from './disconnect-signals.ts';
import { ClientDisconnected } from './client-disconnected.ts';
import { chooseCoding } from './coding.ts';
import { hasBody } from './gateway-request.ts';
import { NO_RUNE, type Origin, originOfAddress, originOfRune } from './origin.ts';
import type { RequestContext } from '../routing/route.ts';
import { acquirePermit } from './permits.ts';
import { type ResultOptions, sendResult } from './result.ts';
import { readRune } from './rune-header.ts';

/** Dependencies of {@link runCommand}. */
export interface CommandTools {
  readonly node: RpcClient;
  readonly checkRune: RuneCheck;
  readonly limits: Limits;
  readonly runes: RuneVerifier;
  readonly proxies: TrustedProxies;
  readonly parser: BodyParser;
  readonly disconnects: DisconnectSignals;
  /** A permit for each byte of the bodies that are being read or judged. */
  readonly bodies: Semaphore;
  /** A permit for each command that runs in the node. */
  readonly commands: Semaphore;
  /** A permit for each result that is being compressed. */
  readonly compressors: Semaphore;
}

/** The condition for a command to run: a rune allows the call, or the path needs no rune. */
export type Condition =
  | { readonly rune: 'required'; question(call: CommandCall): RuneQuestion }
  | { readonly rune: 'none' };

/** The command of a route, the parameters from outside the body, and the condition for running it. */
export interface CommandTarget {
  /** The name of the command. */
  readonly method: string;
  readonly condition: Condition;
  /** Parameters from the path and the query: the canonical JSON of an object. */
  readonly outside: string;
}

/**
 * Runs a command for a client. Refuses what it can without the node first. The judge decides on the same
 * text of the parameters that the command gets.
 */
export async function runCommand(
  target: CommandTarget,
  context: RequestContext,
  tools: CommandTools,
): Promise<void> {
  const { request, response } = context;
  const { method, condition, outside } = target;
  const type = responseType(request.headers.accept);
  const rune = condition.rune === 'required' ? readRune(request.headers['rune']) : undefined;
  const sender = await verifySender(rune, context, tools);
  const body = await readRequestBody(context, sender, tools);
  let call: CommandCall;
  try {
    const contentType = request.headers['content-type'];
    const params = await tools.parser.parse(
      { contentType, bytes: body.bytes, method, outside },
      { caller: sender.key, signal: tools.disconnects.signalOf(request.socket) },
    );
    call = { method, params };
    await authorize(call, rune, condition, tools.checkRune);
  } finally {
    body.release();
  }
  if (response.destroyed) throw new ClientDisconnected();
  // The judge accepted the rune, so it is genuine.
  const caller = rune === undefined ? NO_RUNE : originOfRune(rune);
  const release = acquirePermit(tools.commands, caller, 'commands');
  try {
    await sendCommandResult(call, { type, origin: caller }, context, tools);
  } finally {
    release();
  }
}

/**
 * Refuses a rune that the node would refuse for every call, before the body is read. Returns the origin of
 * the body: the rune if it is genuine, otherwise the address. Asks the node only if the request has a body,
 * because otherwise there is nothing to save.
 */
async function verifySender(
  rune: string | undefined,
  { request }: RequestContext,
  { runes, proxies }: CommandTools,
): Promise<Origin> {
  if (rune !== undefined) {
    const verdict = hasBody(request) ? await runes.verify(rune) : runes.known(rune);
    if (verdict instanceof Refusal) throw verdict;
    if (verdict === 'genuine') return originOfRune(rune);
  }
  const { remoteAddress = '' } = request.socket;
  // node:http joins repeated headers of this name with commas.
  const client = proxies.clientOf(remoteAddress, String(request.headers['x-forwarded-for'] ?? ''));
  return originOfAddress(addressKey(client));
}

/** Throws a {@link Refusal} unless the call is allowed. */
async function authorize(
  call: CommandCall,
  rune: string | undefined,
  condition: Condition,
  checkRune: RuneCheck,
): Promise<void> {
  if (condition.rune === 'none') return;
  const refusal =
    rune === undefined
      ? Refusal.of('missing_rune')
      : await checkRune(rune, condition.question(call));
  if (refusal !== undefined) throw refusal;
}

function responseType(accept: string | undefined): MediaType {
  const type = chooseMediaType(accept, MEDIA_TYPES);
  if (type === undefined) throw Refusal.of('accept');
  return type;
}

async function readRequestBody(
  { request, response }: RequestContext,
  origin: Origin,
  { limits, bodies }: CommandTools,
): Promise<HeldBody> {
  // Refuses an unsupported format before the body arrives. An empty body is valid in any format.
  const type = request.headers['content-type'];
  if (Number(request.headers['content-length']) > 0) bodyFormat(type);
  const maxBytes = bodyLimit(type, limits.bodyBytes);
  return readBody(request, response, { maxBytes, permits: bodies, origin });
}

async function sendCommandResult(
  { method, params }: CommandCall,
  { type, origin }: Pick<ResultOptions, 'type' | 'origin'>,
  { request, response }: RequestContext,
  { node, disconnects, compressors }: CommandTools,
): Promise<void> {
  const accepted = request.headers['accept-encoding'];
  const coding = UNCOMPRESSED.has(method) ? undefined : chooseCoding(accepted, ['br', 'gzip']);
  const options: ResultOptions = { type, coding, compressors, origin };
  try {
    const signal = disconnects.signalOf(request.socket);
    const ownConnection = changesConnection(method);
    const result = await node.callStream(method, nodeParams(params), { signal, ownConnection });
    const format = formatOf(type);
    await sendResult(
      format === 'json' ? result : translate(result, format, method),
      response,
      options,
    );
  } catch (error) {
    throw commandFailure(error);
  }
}

/**
 * Commands that list runes. The length of a compressed response reveals its content to an attacker who can
 * observe it and add text to it (BREACH), and a rune is a credential.
 */
const UNCOMPRESSED: ReadonlySet<string> = new Set(['showrunes', 'commando-listrunes']);
