import type { Alternative } from '../alternative.ts';
import { compare } from '../compare.ts';
import { quoted } from '../quoted.ts';

/** The commands that runes can allow. */
export interface KnownCommands {
  readonly names: ReadonlySet<string>;
  /** By spelling without case and punctuation. */
  readonly bySpelling: ReadonlyMap<string, string>;
}

/** A command of a plugin that createrune's `readonly` allows. */
const SUMMARY = 'summary';

export function knownCommands(names: Iterable<string>): KnownCommands {
  const all = new Set([...names, SUMMARY]);
  return { names: all, bySpelling: new Map([...all].map((name) => [spelling(name), name])) };
}

/** Returns the message about an alternative whose command does not exist. */
export function unknownCommand(
  { fieldname, condition, value }: Alternative,
  known: KnownCommands,
): string | undefined {
  if (fieldname !== 'method' || value === '') return undefined;
  switch (condition) {
    case '=':
    case '/': {
      if (known.names.has(value)) return undefined;
      const similar = similarName(value, known);
      const suggestion = similar === undefined ? '' : `; did you mean ${quoted(similar)}?`;
      const fix =
        similar === undefined
          ? '; check the name, or ignore this if a plugin adds the command'
          : suggestion;
      return `no command is named ${quoted(value)}${fix}`;
    }
    case '^':
    case '$':
    case '~': {
      const alternative = { fieldname, condition, value } as Alternative;
      const isKnown = [...known.names].some((name) => compare(alternative, name) === undefined);
      const what = { '^': 'begins with', $: 'ends with', '~': 'contains' }[condition];
      return isKnown
        ? undefined
        : `no command's name ${what} ${quoted(value)}; check the spelling, or ignore this if a plugin adds the command`;
    }
    default:
      return undefined;
  }
}

/** Longer values are not compared: the work grows with the square of the length. */
const MAX_LENGTH = 40;

/** Returns the name with the same spelling apart from case and punctuation, or else with few different letters. */
export function similarName(
  value: string,
  { names, bySpelling }: KnownCommands,
): string | undefined {
  if (value.length > MAX_LENGTH) return undefined;
  const same = bySpelling.get(spelling(value));
  if (same !== undefined) return same;
  let best: string | undefined;
  let least = 1 + Math.floor(value.length / 4);
  for (const name of names) {
    if (Math.abs(name.length - value.length) > least) continue;
    const distance = editDistance(value.toLowerCase(), name);
    if (distance < least || (best === undefined && distance === least)) {
      best = name;
      least = distance;
    }
  }
  return best;
}

function spelling(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** The number of inserted, removed, replaced and swapped letters (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? (before[j - 2] ?? 0) + 1 : replaced;
      row.push(Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced, swapped));
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
