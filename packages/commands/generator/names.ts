/** Turns a name of lightningd into that of a type: `fundchannel_start` → `FundchannelStart`. */
export function typeName(...names: readonly string[]): string {
  return names
    .flatMap((name) => name.split(/[^A-Za-z0-9]+/))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** Turns a name of lightningd into that of a constant: `fundchannel_start` → `fundchannelStart`. */
export function constantName(...names: readonly string[]): string {
  const name = typeName(...names);
  return name.charAt(0).toLowerCase() + name.slice(1);
}

const IDENTIFIER = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** Returns a name as the key of an object: quoted if necessary. */
export function key(name: string): string {
  return IDENTIFIER.test(name) ? name : JSON.stringify(name);
}
