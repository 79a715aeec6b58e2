const ADJECTIVES =
  'AMBER ANGRY BOLD BRISK CALM COPPER CURIOUS DUSTY EAGER EARLY FROSTY GENTLE GOLDEN HASTY HOLLOW JOLLY LUCKY MELLOW MOSSY NIMBLE PALE PATIENT QUIET RAPID ROUND RUSTY SANDY SHINY SILVER STEADY SUNNY WINDY'.split(
    ' ',
  );

const NOUNS =
  'ACORN ANCHOR BADGER BEACON BRIDGE CANDLE CANYON CASTLE COMET DUNE FALCON FERRY GARDEN GLACIER HARBOR HERON ISLAND KETTLE LANTERN MEADOW OTTER PEBBLE PHOTO PLANET RIVER SHOVEL SPARROW TEAPOT TUNNEL VIOLIN WALNUT WINDOW'.split(
    ' ',
  );

/** A name from the node's id, as lightningd makes one: a node without an alias keeps its name. */
export function aliasFor(id: string): string {
  const bytes = Buffer.from(id, 'hex');
  const pick = (words: readonly string[], offset: number): string =>
    words[Number(bytes.readBigUInt64LE(offset) % BigInt(words.length))] ?? '';
  return pick(ADJECTIVES, 3) + pick(NOUNS, 11);
}

/** A color from the node's id. */
export function colorFor(id: string): string {
  return id.slice(0, 6);
}
