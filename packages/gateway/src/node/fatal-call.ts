import { RpcError } from '@clnrest/lightningd';
import { readParameters } from '@clnrest/runes';
import { Refusal } from '../refusals.ts';
import type { CommandCall } from './checked-call.ts';
import { harmlessNodeFailure } from './command-failure.ts';
import { FATAL_VALUES } from './fatal-values.ts';
import type { GatewayNode } from './gateway-node.ts';
import { integer, unquoted } from './lightningd-values.ts';

/**
 * Bytes of all parameters together. lightningd logs parameters that it rejects, and its plugin `askrene` all parameters of a
 * call. From v26.04 to v26.06.6 lightningd aborts after a log message of 262,144 bytes (`logv` in `lightningd/log.c`). (Tested:
 * v26.06.6.)
 */
export const MAX_LOGGED_BYTES = 250_000;
/** Versions with that fault, also if they were built from a changed source. The sandbox does not have it. */
const LOG_FAULT = /^v?26\.(?:04(?:\.[0-9]+)?|06(?:\.[1-6])?)(?![0-9.])(?!.*-sandbox)/;
/** Texts with fewer characters cannot have as many bytes. */
const SHORT_ENOUGH = MAX_LOGGED_BYTES / 3;

/** None of these commands needs as many. To examine more would keep other requests waiting. */
const UNEXAMINED = `they have more than ${MAX_LOGGED_BYTES} bytes, too many to examine`;

/** The commands of which a call can be fatal without large parameters. */
const REVOKING: ReadonlySet<string> = new Set([
  'blacklistrune',
  'destroyrune',
  'commando-blacklist',
]);
const SUSPECTS: ReadonlySet<string> = new Set([...FATAL_VALUES.keys(), ...REVOKING, 'check']);

/**
 * The refusal of a call on which lightningd could stop, whatever its rune allows: `listaddresses` with a long address, for
 * example, is allowed to every rune that is restricted to reading. `docs/reference/lightningd-faults.md` describes the faults.
 * Rejects with a refusal if it must ask the node for its version, and the node does not respond.
 */
export async function fatalCall(
  { method, params }: CommandCall,
  node: Pick<GatewayNode, 'callText'>,
  timeoutMs: number,
): Promise<Refusal | undefined> {
  const isLarge = isTooLarge(method, params);
  if (SUSPECTS.has(method)) {
    const detail = isLarge && method !== 'datastore' ? UNEXAMINED : fatalDetail(method, params);
    if (detail !== undefined) return Refusal.of('fatal_call', { detail });
  }
  if (!isLarge) return undefined;
  if (!LOG_FAULT.test(await versionOf(node, timeoutMs))) return undefined;
  return Refusal.of('fatal_call', {
    detail: `they have more than ${MAX_LOGGED_BYTES} bytes. lightningd v26.06.7 and newer accept them`,
  });
}

/** A call of a command, or the call that `check` checks. */
interface Call {
  readonly method: string;
  /** Whether `check` only reads the parameters. */
  readonly isChecked: boolean;
  /** The JSON text of a parameter, unless it is missing or `null`. */
  rawOf(name: string, position: number): string | undefined;
}

function readCall(method: string, params: string): Call {
  const { kind, entries } = readParameters(params);
  const isChecked = method === 'check';
  // A name such as "0" is not a position: `check` ignores parameters of other names.
  const rawOf = (name: string, position: number): string | undefined => {
    const raw =
      kind === 'array' ? entries[position]?.raw : entries.find((found) => found.name === name)?.raw;
    return raw === 'null' ? undefined : raw;
  };
  if (!isChecked) return { method, isChecked, rawOf };
  return {
    method: unquoted(rawOf('command_to_check', 0) ?? ''),
    isChecked,
    rawOf: (name, position) => rawOf(name, position + 1),
  };
}

function fatalDetail(method: string, params: string): string | undefined {
  const call = readCall(method, params);
  return fatalValue(call) ?? fatalRange(call);
}

function fatalValue({ method, isChecked, rawOf }: Call): string | undefined {
  for (const { name, position, stops, fault } of FATAL_VALUES.get(method) ?? []) {
    if (stops === (isChecked ? 'run' : 'check')) continue;
    const found = fault(rawOf(name, position));
    if (found) return `${name} ${found}`;
  }
  return undefined;
}

/** lightningd aborts on a range of runes that ends before it begins. */
function fatalRange({ method, isChecked, rawOf }: Call): string | undefined {
  if (isChecked || !REVOKING.has(method)) return undefined;
  const [start, end] = [integer(rawOf('start', 0)), integer(rawOf('end', 1))];
  return start !== undefined && end !== undefined && end < start
    ? 'end is before start'
    : undefined;
}

function isTooLarge(method: string, params: string): boolean {
  if (params.length <= SHORT_ENOUGH) return false;
  const size = Buffer.byteLength(params);
  return size > MAX_LOGGED_BYTES && size - acceptedBytes(method, params) > MAX_LOGGED_BYTES;
}

/** Bytes that lightningd never logs: `datastore` accepts every `string` without `\u`. */
function acceptedBytes(method: string, params: string): number {
  if (method !== 'datastore') return 0;
  const raw = readCall(method, params).rawOf('string', 1) ?? '';
  const isAccepted = raw.startsWith('"') && !raw.includes(String.raw`\u`);
  return isAccepted ? Buffer.byteLength(raw) : 0;
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
