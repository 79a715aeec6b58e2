import {
  alternativeInEnglish,
  restrictionInEnglish,
  restrictionsInEnglish,
  Rune,
} from '@clnrest/runes';
import { withNanoseconds } from '../clock.ts';
import { RawJson, type JsonObject, type JsonOutput } from '../json/output.ts';
import type { Node } from '../node.ts';
import { optional } from '../params/declaration.ts';
import { rune } from '../params/runes.ts';
import { alias, defineCommand } from './command.ts';

export const showrunes = defineCommand({
  name: 'showrunes',
  parameters: { rune: optional(rune) },
  run({ rune: given }, { node }) {
    if (given === undefined) return { runes: everyRune(node) };
    const stored = node.runes.stored(given.uniqueId);
    const isStored = stored?.text === given.text;
    return { runes: [runeJson(node, given.rune, given.text, isStored, stored?.lastUsed)] };
  },
});

export const commandoListrunes = alias('commando-listrunes', showrunes);

function* everyRune(node: Node): Generator<JsonOutput> {
  for (const { text, lastUsed } of node.runes.all()) {
    yield runeJson(node, Rune.fromBase64(text), text, true, lastUsed);
  }
}

const runeJson = (
  node: Node,
  shown: Rune,
  text: string,
  stored: boolean,
  lastUsed: bigint | undefined,
): JsonObject => ({
  rune: text,
  stored: stored ? undefined : false,
  blacklisted: node.runes.isBlacklisted(shown) ? true : undefined,
  our_rune: node.runes.isOurs(shown) ? undefined : false,
  last_used: lastUsed === undefined ? undefined : new RawJson(withNanoseconds(lastUsed)),
  unique_id: shown.uniqueId,
  restrictions: shown.restrictions.map((restriction) => ({
    alternatives: restriction.alternatives.map((alternative) => ({
      fieldname: alternative.fieldname,
      value: alternative.value,
      condition: alternative.condition,
      english: alternativeInEnglish(alternative),
    })),
    english: restrictionInEnglish(restriction),
  })),
  restrictions_as_english: restrictionsInEnglish(shown.restrictions),
});
