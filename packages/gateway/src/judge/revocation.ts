import { readMembers } from '@clnrest/json/bytes';

/** Unique ids from `start` to `end`, whose entries in the node's blacklist can change. */
export interface RevocationRange {
  readonly start: number;
  readonly end: number;
  /** The command removes the ids from the list. Undefined if that is not certain. */
  readonly relist?: boolean | undefined;
}

/** Commands that change the blacklist. lightningd calls the hook `rpc_command` before it runs one. */
export const REVOKING_COMMANDS: readonly string[] = [
  'blacklistrune',
  'destroyrune',
  'commando-blacklist',
];

/** lightningd's limit: it blacklists no larger id. */
export const MAX_BLACKLISTED_ID = 99_999_999;

const ALL: RevocationRange = { start: 0, end: MAX_BLACKLISTED_ID };

/**
 * Reads an announcement: the ids whose entries the command can change, or undefined if it only returns the list.
 *
 * @param paramsText - the JSON text of the parameters of the hook `rpc_command`
 */
export function readAnnouncement(paramsText: string): RevocationRange | undefined {
  try {
    const command = readMembers(paramsText).get('rpc_command') ?? '';
    return readRevocation(readMembers(command).get('params') ?? '');
  } catch {
    return ALL;
  }
}

/**
 * Reads the parameters of a command that changes the blacklist: the ids that it can add or remove. Returns undefined if it
 * only returns the list. Parameters that lightningd may read differently affect all ids.
 *
 * @param paramsText - the JSON text of the parameters
 */
export function readRevocation(paramsText: string): RevocationRange | undefined {
  if (/^\s*(?:\{\s*\}|\[\s*\])\s*$/.test(paramsText)) return undefined;
  const { start, end = start, relist } = readIds(paramsText);
  const isRange = start !== undefined && end !== undefined && start <= end;
  return isRange && end <= MAX_BLACKLISTED_ID ? { start, end, relist } : ALL;
}

/** Reads both ids: undefined if absent, not a number if lightningd can read another one. */
function readIds(text: string): Partial<RevocationRange> {
  const isRepeated = ['start', 'end', 'relist'].some((name) => text.split(`"${name}"`).length > 2);
  if (isRepeated) return {};
  try {
    const params: unknown = JSON.parse(text);
    const named = params as Readonly<Record<'start' | 'end' | 'relist', unknown>>;
    const [start, end, relist] = Array.isArray(params)
      ? (params as unknown[])
      : [named.start, named.end, named.relist];
    return {
      start: readId(start),
      ...(end !== undefined && end !== null && { end: readId(end) }),
      relist: readFlag(relist),
    };
  } catch {
    return {};
  }
}

function readFlag(value: unknown): boolean | undefined {
  if (value === undefined || value === null || value === false) return false;
  return value === true ? true : undefined;
}

/** lightningd accepts a number or its digits in a string. */
function readId(value: unknown): number {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  return /^(?:0|[1-9][0-9]{0,8})$/.test(text) ? Number(text) : Number.NaN;
}
