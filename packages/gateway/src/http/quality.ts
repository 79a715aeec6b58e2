/** A member of a header such as `Accept`, with its weight. */
export interface Preference {
  /** In lower case, without parameters: `text/html`, `gzip`, `*`. */
  readonly name: string;
  /** From 0 (not acceptable) to 1. */
  readonly quality: number;
}

/** Parts between commas or semicolons outside of quotes. */
const MEMBERS = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;
const PARAMETERS = /(?:[^";]|"(?:[^"\\]|\\.)*"?)+/g;
/** RFC 9110, section 12.4.2. */
const WEIGHT = /^q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * Parses a header with quality values (RFC 9110, section 12.4) into qualities by name. An invalid weight
 * counts as 0. The first of several members with the same name applies.
 */
export function readPreferences(header: string): ReadonlyMap<string, number> {
  const preferences = new Map<string, number>();
  for (const member of header.match(MEMBERS) ?? []) {
    const { name, quality } = readPreference(member);
    if (name !== '' && !preferences.has(name)) preferences.set(name, quality);
  }
  return preferences;
}

function readPreference(member: string): Preference {
  const [name = '', ...parameters] = (member.toLowerCase().match(PARAMETERS) ?? []).map((part) =>
    part.trim(),
  );
  const weight = parameters.find((parameter) => /^q\s*=/.test(parameter));
  return { name, quality: weight === undefined ? 1 : Number(WEIGHT.exec(weight)?.[1] ?? 0) };
}
