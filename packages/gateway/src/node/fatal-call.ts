import { RpcError } from '@clnrest/lightningd';
import { type Parameter, readParameters } from '@clnrest/runes';
import { Refusal } from '../refusals.ts';
import { harmlessNodeFailure } from './command-failure.ts';
import type { CommandCall } from './checked-call.ts';
import type { GatewayNode } from './gateway-node.ts';

/**
 * The parameters that contain addresses, by name and position. lightningd gives their texts to a function that aborts if a
 * text has some 700 characters (`wally_base58_n_to_bytes` in `common/json_param.c`). (Tested: v26.06.6.)
 */
const ADDRESSES: ReadonlyMap<string, readonly (readonly [name: string, position: number])[]> =
  new Map([
    ['addpsbtoutput', [['destination', 3]]],
    ['close', [['destination', 2]]],
    ['fundchannel', [['close_to', 6]]],
    ['fundchannel_start', [['close_to', 4]]],
    ['invoice', [['fallbacks', 4]]],
    ['listaddresses', [['address', 0]]],
    ['multifundchannel', [['destinations', 0]]],
    ['multiwithdraw', [['outputs', 0]]],
    ['openchannel_init', [['close_to', 6]]],
    ['signmessagewithkey', [['address', 1]]],
    ['splicein', [['channel', 0]]],
    [
      'spliceout',
      [
        ['channel', 0],
        ['destination', 2],
      ],
    ],
    ['txprepare', [['outputs', 0]]],
    ['withdraw', [['destination', 0]]],
  ]);

/** More than an address has: at most 90 characters. */
const LONG_TEXT = /(?:[^"\\]|\\.){201}/s;

/**
 * Bytes of one parameter. lightningd logs parameters that it rejects, and from v26.04 to v26.06.6 it aborts after a log message of
 * 262,144 bytes (`logv` in `lightningd/log.c`). (Tested: v26.06.6.)
 */
const MAX_LOGGED_BYTES = 250_000;
/** Versions with that fault, also if they were built from a changed source. */
const LOG_FAULT =
  /^v26\.(?:04(?:\.[0-9]+)?|06(?:\.[1-6])?)(?:rc[0-9]+)?(?:-[0-9]+-g[0-9a-f]+)?(?:-modded)?$/;
/** Parameters with fewer characters cannot have as many bytes. */
const SHORT_ENOUGH = MAX_LOGGED_BYTES / 3;

/**
 * The refusal of a call on which lightningd would stop, whatever its rune allows: `listaddresses` with a long address, for
 * example, is allowed to every rune that is restricted to reading. `docs/reference/lightningd-faults.md` describes the faults.
 * Rejects with a refusal if it must ask the node for its version, and the node does not respond.
 */
export async function fatalCall(
  { method, params }: CommandCall,
  node: Pick<GatewayNode, 'callText'>,
  timeoutMs: number,
): Promise<Refusal | undefined> {
  const isLong = params.length > SHORT_ENOUGH;
  if (!isLong && !SUSPECTS.has(method)) return undefined;
  const call = readCall(method, params);
  const detail = fatalParameters(call);
  if (detail !== undefined) return Refusal.of('fatal_call', { detail });
  if (!isLong) return undefined;
  const large = call.parameters.find((parameter) => isTooLarge(call.method, parameter));
  if (large === undefined || !LOG_FAULT.test(await versionOf(node, timeoutMs))) return undefined;
  return Refusal.of('fatal_call', {
    detail: `a parameter has more than ${MAX_LOGGED_BYTES} bytes. lightningd v26.06.7 and newer accept it`,
  });
}

/** A call of a command, or the call that `check` checks. */
interface Call {
  readonly method: string;
  /** Whether `check` only reads the parameters. */
  readonly isChecked: boolean;
  /** The names are positions if the parameters are an array. */
  readonly parameters: readonly Parameter[];
}

function readCall(method: string, params: string): Call {
  const { kind, entries } = readParameters(params);
  if (method !== 'check') return { method, isChecked: false, parameters: entries };
  const isCommand = ({ name }: Parameter): boolean => name === 'command_to_check' || name === '0';
  const checked = unquoted(entries.find(isCommand)?.raw ?? '');
  const others = entries.filter((parameter) => !isCommand(parameter));
  return {
    method: checked,
    isChecked: true,
    parameters:
      kind === 'object' ? others : others.map(({ raw }, index) => ({ name: String(index), raw })),
  };
}

/** The reason why lightningd stops on these parameters, in any version. */
function fatalParameters({ method, isChecked, parameters }: Call): string | undefined {
  const find = (name: string, position: number): string | undefined =>
    parameters.find((parameter) => parameter.name === name || parameter.name === String(position))
      ?.raw;
  for (const [name, position] of ADDRESSES.get(method) ?? []) {
    if (LONG_TEXT.test(find(name, position) ?? '')) return `${name} has more than 200 characters`;
  }
  if (isChecked) return undefined;
  switch (method) {
    case 'abort_channels': {
      const isMissing = (find('channel_ids', 0) ?? 'null') === 'null';
      return isMissing ? 'channel_ids is missing' : undefined;
    }
    case 'blacklistrune':
    case 'commando-blacklist': {
      const [start, end] = [toInteger(find('start', 0)), toInteger(find('end', 1))];
      return start !== undefined && end !== undefined && end < start
        ? 'end is before start'
        : undefined;
    }
    case 'fetchinvoice':
      return find('payer_metadata', 8) === '""' ? 'payer_metadata is empty' : undefined;
    default:
      return undefined;
  }
}

/** The commands of {@link fatalParameters}. */
const SUSPECTS: ReadonlySet<string> = new Set([
  ...ADDRESSES.keys(),
  'abort_channels',
  'blacklistrune',
  'check',
  'commando-blacklist',
  'fetchinvoice',
]);

/** `datastore` accepts every `string` without `\u`, so lightningd does not log it. */
function isTooLarge(method: string, { name, raw }: Parameter): boolean {
  const isAccepted =
    method === 'datastore' &&
    (name === 'string' || name === '1') &&
    raw.startsWith('"') &&
    !raw.includes(String.raw`\u`);
  return !isAccepted && raw.length > SHORT_ENOUGH && Buffer.byteLength(raw) > MAX_LOGGED_BYTES;
}

/** A number or a string of digits, which lightningd takes for a number. */
function toInteger(raw: string | undefined): bigint | undefined {
  const digits = unquoted(raw ?? '');
  return /^[0-9]{1,20}$/.test(digits) ? BigInt(digits) : undefined;
}

function unquoted(raw: string): string {
  return raw.startsWith('"') ? raw.slice(1, -1) : raw;
}

/** The node's version, or an empty text. Rejects if the node does not respond. */
async function versionOf(node: Pick<GatewayNode, 'callText'>, timeoutMs: number): Promise<string> {
  try {
    const info: unknown = JSON.parse(await node.callText('getinfo', {}, { timeoutMs }));
    const isInfo = typeof info === 'object' && info !== null && 'version' in info;
    return isInfo ? String(info.version) : '';
  } catch (error) {
    // Another plugin can refuse the command.
    if (error instanceof RpcError) return '';
    throw harmlessNodeFailure(error);
  }
}
