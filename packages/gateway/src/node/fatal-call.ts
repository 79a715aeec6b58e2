import { RpcError } from '@clnrest/lightningd';
import { type Parameter, readParameters } from '@clnrest/runes';
import { Refusal } from '../refusals.ts';
import type { CommandCall } from './checked-call.ts';
import { harmlessNodeFailure } from './command-failure.ts';
import { FATAL_VALUES, integer, unquoted } from './fatal-values.ts';
import type { GatewayNode } from './gateway-node.ts';

/**
 * Bytes of one parameter. lightningd logs parameters that it rejects, and from v26.04 to v26.06.6 it aborts after a log message of
 * 262,144 bytes (`logv` in `lightningd/log.c`). (Tested: v26.06.6.)
 */
export const MAX_LOGGED_BYTES = 250_000;
/** Versions with that fault, also if they were built from a changed source. */
const LOG_FAULT =
  /^v26\.(?:04(?:\.[0-9]+)?|06(?:\.[1-6])?)(?:rc[0-9]+)?(?:-[0-9]+-g[0-9a-f]+)?(?:-modded)?$/;
/** Parameters with fewer characters cannot have as many bytes. */
const SHORT_ENOUGH = MAX_LOGGED_BYTES / 3;

/** The commands of which a call can be fatal without large parameters. */
const SUSPECTS: ReadonlySet<string> = new Set([
  ...FATAL_VALUES.keys(),
  'blacklistrune',
  'check',
  'commando-blacklist',
]);

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
  const detail = fatalValue(call) ?? fatalRange(call);
  if (detail !== undefined) return Refusal.of('fatal_call', { detail });
  if (!isLong) return undefined;
  const large = call.parameters.some((parameter) => isTooLarge(call.method, parameter));
  if (!large || !LOG_FAULT.test(await versionOf(node, timeoutMs))) return undefined;
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
  const others = entries.filter((parameter) => !isCommand(parameter));
  return {
    method: unquoted(entries.find(isCommand)?.raw ?? ''),
    isChecked: true,
    parameters:
      kind === 'object' ? others : others.map(({ raw }, index) => ({ name: String(index), raw })),
  };
}

/** The JSON text of a parameter, unless it is missing or `null`. */
function rawOf({ parameters }: Call, name: string, position: number): string | undefined {
  const isMeant = (found: Parameter): boolean =>
    found.name === name || found.name === String(position);
  const raw = parameters.find(isMeant)?.raw;
  return raw === 'null' ? undefined : raw;
}

function fatalValue(call: Call): string | undefined {
  for (const { name, position, stopsCheck, fault } of FATAL_VALUES.get(call.method) ?? []) {
    const found = call.isChecked && !stopsCheck ? undefined : fault(rawOf(call, name, position));
    if (found) return `${name} ${found}`;
  }
  return undefined;
}

/** lightningd aborts on a range of runes that ends before it begins. */
function fatalRange(call: Call): string | undefined {
  if (call.isChecked || !/^(?:blacklistrune|commando-blacklist)$/.test(call.method))
    return undefined;
  const [start, end] = [integer(rawOf(call, 'start', 0)), integer(rawOf(call, 'end', 1))];
  return start !== undefined && end !== undefined && end < start
    ? 'end is before start'
    : undefined;
}

/** `datastore` accepts every `string` without `\u`, so lightningd does not log it. */
function isTooLarge(method: string, { name, raw }: Parameter): boolean {
  const isAccepted =
    method === 'datastore' &&
    (name === 'string' || name === '1') &&
    raw.startsWith('"') &&
    !raw.includes(String.raw`\u`);
  return !isAccepted && raw.length > SHORT_ENOUGH && Buffer.byteLength(raw) > MAX_LOGGED_BYTES;
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
