import type { GatewayNode } from '../node/gateway-node.ts';
import type { IncomingMessage } from 'node:http';
import type { Semaphore } from '@clnrest/bounds';
import { translate } from '../answers/translate.ts';
import { Refusal } from '../refusals.ts';
import { type Format, formatOf } from '../formats/media-types.ts';
import type { Limits } from '../limits.ts';
import { changesConnection } from '../node/connection-commands.ts';
import { commandFailure } from '../node/command-failure.ts';
import { fatalCall } from '../node/fatal-call.ts';
import type { CommandCall, RuneCheck, CheckedCall } from '../node/checked-call.ts';
import type { ParsedRune } from '../node/parsed-rune.ts';
import type { RuneReader } from '../node/rune-reader.ts';
import type { EarlyRuneCheck } from '../node/early-rune-check.ts';
import type { TrustedProxies } from '../options/trusted-proxies.ts';
import type { CallRecorder } from './call-recorder.ts';
import type { BodyParser } from '../parameters/body-parser.ts';
import { nodeParams } from '../parameters/parse-body.ts';
import { addressKey } from './address.ts';
import { readBody } from './body.ts';
import type { DisconnectSignals } from './disconnect-signals.ts';
import type { RunningCommands } from './running-commands.ts';
import { missingRune } from './rune-header.ts';
import { ClientDisconnected } from './client-disconnected.ts';
import { type CommandHead, readCommandHead } from './command-head.ts';
import { hasBody } from './gateway-request.ts';
import { NO_RUNE, type Origin, originOfAddress, originOfRune } from './origin.ts';
import type { RequestContext } from '../routing/route.ts';
import { acquirePermit } from './acquire-permit.ts';
import { type ResultOptions, sendResult, streamOf } from './result.ts';

/** Dependencies of {@link runCommand}. */
export interface CommandTools {
  readonly node: GatewayNode;
  readonly checkRune: RuneCheck;
  readonly limits: Limits;
  readonly reader: RuneReader;
  readonly earlyCheck: EarlyRuneCheck;
  readonly proxies: TrustedProxies;
  readonly parser: BodyParser;
  readonly disconnects: DisconnectSignals;
  readonly running: RunningCommands;
  readonly recorder: CallRecorder;
  /** A permit for each byte of the bodies that are being read or checked. */
  readonly bodies: Semaphore;
  /** A permit for each command that runs in the node. */
  readonly commands: Semaphore;
  /** A permit for each result that is being compressed. */
  readonly compressors: Semaphore;
}

/** The condition for a command to run: a rune allows the call, or the path needs no rune. */
export type Condition =
  | { readonly rune: 'required'; checkedCall(call: CommandCall): CheckedCall }
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
 * Runs a command for a client. Refuses what it can without the node first. The rune is checked against the
 * same text of the parameters that the command gets.
 */
export async function runCommand(
  { method, condition, outside }: CommandTarget,
  context: RequestContext,
  tools: CommandTools,
): Promise<void> {
  const { request, response } = context;
  const started = performance.now();
  const head = readCommandHead(request, {
    reader: tools.reader,
    needsRune: condition.rune === 'required',
    maxBodyBytes: tools.limits.bodyBytes,
  });
  const { rune } = head;
  const sender = await verifySender(rune, context, tools);
  const { format, maxBytes } = head.body;
  if (Number(request.headers['content-length']) > 0) supportedFormat(format);
  const bodyTools = { maxBytes, permits: tools.bodies, origin: sender };
  const body = await readBody(request, response, bodyTools);
  let call: CommandCall;
  try {
    const { bytes } = body;
    const params = await tools.parser.parse(
      { format: bytes.length === 0 ? 'json' : supportedFormat(format), bytes, method, outside },
      { caller: sender.key, signal: tools.disconnects.signalOf(request.socket) },
    );
    call = { method, params };
    await authorize(call, rune, condition, request, tools.checkRune);
    const fatal = await fatalCall(call, tools.node, tools.limits.nodeMs);
    if (fatal !== undefined) throw fatal;
  } finally {
    body.release();
  }
  if (response.destroyed) throw new ClientDisconnected();
  // The node accepted the rune, so it is genuine.
  const caller = rune === undefined ? NO_RUNE : originOfRune(rune);
  const release = acquirePermit(tools.commands, caller, 'commands');
  const end = rune === undefined ? undefined : tools.running.add(rune.id, request.socket);
  let status = 0;
  try {
    await sendCommandResult(call, head, caller, context, tools);
    status = response.statusCode;
  } catch (error) {
    if (error instanceof Refusal) ({ status } = error);
    throw error;
  } finally {
    release();
    end?.();
    const milliseconds = performance.now() - started;
    tools.recorder.ended({ request, call, rune, status, milliseconds });
  }
}

/**
 * Refuses a rune that the node would refuse for every call, before the body is read. Returns the origin of
 * the body: the rune if it is genuine, otherwise the address. Asks the node only if the request has a body,
 * because otherwise there is nothing to save.
 */
async function verifySender(
  rune: ParsedRune | undefined,
  { request }: RequestContext,
  { earlyCheck, proxies }: CommandTools,
): Promise<Origin> {
  if (rune !== undefined) {
    const status = hasBody(request) ? await earlyCheck.verify(rune) : earlyCheck.status(rune);
    if (status instanceof Refusal) throw status;
    if (status === 'genuine') return originOfRune(rune);
  }
  const { remoteAddress = '' } = request.socket;
  // node:http joins repeated headers of this name with commas.
  const client = proxies.clientOf(remoteAddress, String(request.headers['x-forwarded-for'] ?? ''));
  return originOfAddress(addressKey(client));
}

/** Throws the refusal of an unsupported format, otherwise returns the format. */
function supportedFormat(format: Format | Refusal): Format {
  if (format instanceof Refusal) throw format;
  return format;
}

/** Throws a {@link Refusal} unless the call is allowed. */
async function authorize(
  call: CommandCall,
  rune: ParsedRune | undefined,
  condition: Condition,
  request: IncomingMessage,
  checkRune: RuneCheck,
): Promise<void> {
  if (condition.rune === 'none') return;
  const refusal =
    rune === undefined
      ? missingRune(request)
      : await checkRune(rune.text, condition.checkedCall(call));
  if (refusal !== undefined) throw refusal;
}

async function sendCommandResult(
  { method, params }: CommandCall,
  { type, ...head }: CommandHead,
  origin: Origin,
  { request, response }: RequestContext,
  { node, disconnects, compressors, recorder }: CommandTools,
): Promise<void> {
  const coding = UNCOMPRESSED.has(method) ? undefined : head.coding;
  const options: ResultOptions = { type, coding, compressors, origin };
  try {
    const signal = disconnects.signalOf(request.socket);
    const ownConnection = changesConnection(method);
    const sent = performance.now();
    const callOptions = { signal, ownConnection, filter: head.filter };
    const result = await node.callBytes(method, nodeParams(params), callOptions);
    recorder.nodeResponded(performance.now() - sent);
    const format = formatOf(type);
    if (format === 'json') {
      await sendResult(result, response, options);
    } else {
      const stream = Buffer.isBuffer(result) ? streamOf(result) : result;
      await sendResult(translate(stream, format, method), response, options);
    }
  } catch (error) {
    throw commandFailure(error);
  }
}

/**
 * Commands that list runes. The length of a compressed response reveals its content to an attacker who can
 * observe it and add text to it (BREACH), and a rune is a credential.
 */
const UNCOMPRESSED: ReadonlySet<string> = new Set(['showrunes', 'commando-listrunes']);
