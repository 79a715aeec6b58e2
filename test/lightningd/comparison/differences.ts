import type { Outcome } from './exchange.ts';
import { type Facts, textsOf } from './facts.ts';

/** How the sandbox's outcome of a call differs from lightningd's. */
export interface Difference {
  readonly method: string;
  readonly what: string;
  /** Such as `code: -32602, lightningd -1`. */
  readonly how: string;
}

/** Compares the outcomes of one call. @returns how they differ */
export function differencesBetween(
  ours: { outcome: Outcome; facts: Facts },
  real: { outcome: Outcome; facts: Facts },
): string[] {
  const [mine, theirs] = [ours.outcome, real.outcome];
  if (mine.kind !== theirs.kind) {
    return [
      `outcome: ${described(mine, ours.facts)}; lightningd: ${described(theirs, real.facts)}`,
    ];
  }
  if (mine.kind === 'result' && theirs.kind === 'result') {
    return shapeDifferences('result', mine.result, theirs.result);
  }
  if (mine.kind !== 'error' || theirs.kind !== 'error') return [];
  return [
    ...(mine.code === theirs.code ? [] : [`code: ${mine.code}; lightningd: ${theirs.code}`]),
    ...textDifference(general(mine.message, ours.facts), general(theirs.message, real.facts)),
    ...shapeDifferences('data', mine.data, theirs.data),
  ];
}

function described(outcome: Outcome, facts: Facts): string {
  switch (outcome.kind) {
    case 'error':
      return `error ${outcome.code} ${general(outcome.message, facts)}`;
    case 'result':
    case 'pending':
    case 'closed':
      return outcome.kind;
  }
}

function textDifference(mine: string, theirs: string): string[] {
  return mine === theirs ? [] : [`text: ${mine}; lightningd: ${theirs}`];
}

/** A text without what differs between any two nodes. */
function general(text: string, facts: Facts): string {
  // The coins of a node can be outputs of one transaction, or of many.
  let result = text.replaceAll(/\b[0-9a-f]{64}:\d+\b/g, '<outpoint>');
  for (const [name, value] of textsOf(facts)) result = result.replaceAll(value, `<${name}>`);
  return result
    .replaceAll(/\b[0-9a-f]{64,}\b/g, '<hex>')
    .replaceAll(/lnbcrt[0-9a-z]+/g, '<invoice>')
    .replaceAll(/\/[^ '"]*\/(?=clnrest-|regtest)[^ '"]*/g, '<path>')
    .replaceAll(/\b1[5-9]\d{8}\b/g, '<time>');
}

/** How the keys, their order and the types of two values differ. */
function shapeDifferences(path: string, mine: unknown, theirs: unknown): string[] {
  const [ours, real] = [typeName(mine), typeName(theirs)];
  if (ours !== real) return [`type of ${path}: ${ours}; lightningd: ${real}`];
  if (Array.isArray(mine) && Array.isArray(theirs)) return itemDifferences(path, mine, theirs);
  if (ours !== 'object') return [];
  const [left, right] = [mine as Record<string, unknown>, theirs as Record<string, unknown>];
  const [leftKeys, rightKeys] = [Object.keys(left), Object.keys(right)];
  const common = leftKeys.filter((key) => Object.hasOwn(right, key));
  const orderOf = rightKeys.filter((key) => Object.hasOwn(left, key));
  return [
    ...leftKeys
      .filter((key) => !Object.hasOwn(right, key))
      .map((key) => `only ours: ${path}.${key}`),
    ...rightKeys
      .filter((key) => !Object.hasOwn(left, key))
      .map((key) => `only lightningd's: ${path}.${key}`),
    ...(common.join(',') === orderOf.join(',')
      ? []
      : [`order of ${path}: ${common.join(', ')}; lightningd: ${orderOf.join(', ')}`]),
    ...common.flatMap((key) => shapeDifferences(`${path}.${key}`, left[key], right[key])),
  ];
}

/**
 * Compares the first items of each kind that both lists have, since the lists of two nodes have different lengths and orders.
 * Without a common kind, compares the first items.
 */
function itemDifferences(path: string, mine: unknown[], theirs: unknown[]): string[] {
  if (mine.length === 0 || theirs.length === 0) return [];
  const [ours, real] = [firstOfKinds(mine), firstOfKinds(theirs)];
  const pairs = [...ours].filter(([kind]) => real.has(kind));
  if (pairs.length === 0) return shapeDifferences(`${path}[]`, mine[0], theirs[0]);
  const found = pairs.flatMap(([kind, item]) =>
    shapeDifferences(`${path}[]`, item, real.get(kind)),
  );
  return [...new Set(found)];
}

/** Members whose values decide which other members an item has. */
const KIND_MEMBERS = ['type', 'item_type', 'tag', 'primary_tag', 'status', 'state'];
/** The accounts of the bookkeeper that are not channels. */
const FIXED_ACCOUNTS = ['wallet', 'external'];

function firstOfKinds(items: unknown[]): Map<string, unknown> {
  // The entries of a map are those that were set last.
  return new Map(items.toReversed().map((item) => [kindOf(item), item]));
}

function kindOf(item: unknown): string {
  if (typeName(item) !== 'object') return typeName(item);
  const { account, ...rest } = item as Record<string, unknown>;
  const members = KIND_MEMBERS.map((name) => rest[name]);
  return JSON.stringify([FIXED_ACCOUNTS.find((name) => name === account), ...members]);
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'absent';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'fraction';
  return typeof value;
}
