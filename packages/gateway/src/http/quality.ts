/** What a header such as `Accept` says of one thing. */
export interface Preference {
  /** What it is about, in small letters: `text/html`, `gzip`, `*`. Other parameters than `q` are left out. */
  readonly name: string;
  /** How welcome it is, from 0 (not at all) to 1. */
  readonly quality: number;
}

/** Parts between commas or semicolons; those inside of quotes are not such. */
const MEMBERS = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g;
const PARAMETERS = /(?:[^";]|"(?:[^"\\]|\\.)*"?)+/g;
/** RFC 9110, section 12.4.2. */
const WEIGHT = /^q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * Reads the value of a header of preferences (RFC 9110, section 12.4). What has a weight that is none is
 * not welcome. Of what is there twice the first counts.
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
