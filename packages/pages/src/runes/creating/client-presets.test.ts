import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CLIENT_PRESETS } from './client-presets.ts';
import { presetRestrictions } from './preset-restrictions.ts';

const GUIDE = readFileSync(
  new URL('../../../../../docs/guide/clients.md', import.meta.url),
  'utf8',
);

/** Returns the restrictions of each createrune line in the guide, by program. */
function runesOfGuide(): Record<string, unknown[]> {
  const [, ...sections] = GUIDE.split('\n## ');
  const runes: Record<string, unknown[]> = {};
  for (const section of sections) {
    const [client = ''] = section.split('\n', 1);
    const lines = [...section.matchAll(/lightning-cli createrune null '([^']+)'/g)];
    if (lines.length > 0) runes[client] = lines.map(([, json = '']) => JSON.parse(json) as unknown);
  }
  return runes;
}

test('there is a preset for each rune of the guide, which allows the same without a limit', () => {
  const none = {
    name: '',
    limitSat: undefined,
    limitsFees: true,
    expiry: undefined,
    rate: undefined,
  };
  const ours: Record<string, unknown[]> = {};
  for (const { client, runes } of CLIENT_PRESETS) {
    ours[client] = [
      ...(ours[client] ?? []),
      ...runes.map((rune) => presetRestrictions(rune, none)),
    ];
  }
  const sorted = (all: Record<string, unknown[]>): unknown =>
    Object.fromEntries(
      Object.entries(all).map(([client, runes]) => [
        client,
        runes.map((rune) => (rune as string[][]).map((alternatives) => alternatives.toSorted())),
      ]),
    );
  expect(sorted(ours)).toEqual(sorted(runesOfGuide()));
});
