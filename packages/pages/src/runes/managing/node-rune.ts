import { Rune, RuneSyntaxError } from '@clnrest/runes';
import { visible } from '../../visible.ts';
import { expiryOf } from './expiry.ts';
import { inBrief } from './in-brief.ts';
import { isComment, nameOf } from './rune-name.ts';

/** A rune in the list of the node. Immutable, and the same object while the node reports the same. */
export interface NodeRune {
  /** The unique id, a number. */
  readonly id: bigint;
  /** The rune, to hand out. As secret as the node. */
  readonly text: string;
  /** The comment that names the rune; empty for a rune without a name. Untrusted. */
  readonly name: string;
  /** The restrictions; undefined if the text is not a rune that this page can read. */
  readonly rune: Rune | undefined;
  /** The node's own description, for a rune that the page cannot read. Untrusted. */
  readonly english: string;
  /** In seconds since 1970; undefined if the rune does not expire. */
  readonly expiry: bigint | undefined;
  /** In seconds since 1970; undefined if the rune was never used. */
  readonly lastUsed: number | undefined;
  readonly isRevoked: boolean;
  /** Identifies what the node has reported, to find changes. */
  readonly version: string;
  /** What the search compares with, in lower case. */
  readonly searched: string;
}

/** A longer text of a rune is not searched. */
export const MAX_SEARCHED = 2_000;

/** Reads an item of `showrunes`. Returns undefined for an item without an id, which no command can revoke. */
export function readNodeRune(item: unknown): NodeRune | undefined {
  const {
    rune: text,
    unique_id,
    restrictions_as_english,
    last_used,
    blacklisted,
  } = membersOf(item);
  if (typeof text !== 'string' || !/^[0-9]{1,20}$/.test(String(unique_id))) return undefined;
  const rune = readRune(text);
  return completed({
    id: BigInt(String(unique_id)),
    text,
    name: rune === undefined ? '' : nameOf(rune.restrictions),
    rune,
    english: typeof restrictions_as_english === 'string' ? restrictions_as_english : '',
    expiry: rune === undefined ? undefined : expiryOf(rune.restrictions),
    lastUsed: typeof last_used === 'number' && last_used > 0 ? last_used : undefined,
    isRevoked: blacklisted === true,
  });
}

/** Returns the same rune after it was revoked or restored. */
export function withRevoked(rune: NodeRune, isRevoked: boolean): NodeRune {
  return rune.isRevoked === isRevoked ? rune : completed({ ...rune, isRevoked });
}

/** Returns the same rune with the node's description. */
export function withEnglish(rune: NodeRune, english: string): NodeRune {
  return completed({ ...rune, english });
}

function completed(rune: Omit<NodeRune, 'version' | 'searched'>): NodeRune {
  const { id, text, name, english, lastUsed, isRevoked } = rune;
  const searched = `${id} ${name} ${english}`.slice(0, MAX_SEARCHED).toLowerCase();
  return { ...rune, searched, version: `${text} ${String(lastUsed)} ${String(isRevoked)}` };
}

function membersOf(item: unknown): Readonly<Record<string, unknown>> {
  return typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : {};
}

function readRune(text: string): Rune | undefined {
  try {
    return Rune.fromBase64(text);
  } catch (error) {
    // A node can have runes that this page rejects, for example with a trailing `&`.
    if (error instanceof RuneSyntaxError) return undefined;
    throw error;
  }
}

/** Commands to name in a summary. */
const MAX_COMMANDS = 4;
/** Characters of a summary. */
const MAX_SUMMARY = 220;

/**
 * Describes in a line what a rune allows, without its name and its expiry.
 *
 * @param now in seconds since 1970
 */
export function summaryOf({ rune, english, expiry }: NodeRune, now: bigint): string {
  if (rune === undefined) return shortened(visible(english));
  const parts = rune.restrictions.filter(
    (restriction) =>
      !isComment(restriction) && (expiry === undefined || expiryOf([restriction]) === undefined),
  );
  if (parts.length === 0) {
    return 'Everything: anyone who has this rune controls the node';
  }
  return shortened(parts.map((part) => inBrief(part, now, MAX_COMMANDS)).join('; '));
}

function shortened(text: string): string {
  return text.length > MAX_SUMMARY ? `${text.slice(0, MAX_SUMMARY).toWellFormed()}…` : text;
}
