import {
  alternativeInEnglish,
  restrictionInEnglish,
  restrictionsInEnglish,
  type RuneAuthority,
  type ShownRune,
} from '@clnrest/runes';
import { withNanoseconds } from '../clock.ts';
import { RawJson } from '@clnrest/json';
import { optional } from '@clnrest/lightningd/parameters';
import type { JsonObject, JsonOutput } from '../json/output.ts';
import type { CallWith } from '../node.ts';
import { rune } from '../params/runes.ts';
import { withoutEmptyRestrictions } from '../runes/without-empty-restrictions.ts';
import { alias, defineCommand } from './command.ts';

export const showrunes = defineCommand({
  name: 'showrunes',
  parameters: { rune: optional(rune) },
  run({ rune: given }, { node }: CallWith<'runes'>) {
    if (given === undefined) return { runes: everyRune(node.runes) };
    return { runes: [runeJson(node.runes.show(given.rune, given.text))] };
  },
});

export const commandoListrunes = alias('commando-listrunes', showrunes);

function* everyRune(authority: RuneAuthority): Generator<JsonOutput> {
  for (const shown of authority.showAll()) yield runeJson(shown);
}

function runeJson({
  rune: whole,
  text,
  stored,
  blacklisted,
  ours,
  lastUsed,
}: ShownRune): JsonObject {
  const shown = withoutEmptyRestrictions(whole);
  return {
    rune: text,
    stored: stored ? undefined : false,
    blacklisted: blacklisted ? true : undefined,
    our_rune: ours ? undefined : false,
    last_used: lastUsed === undefined ? undefined : RawJson.checked(withNanoseconds(lastUsed)),
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
  };
}
