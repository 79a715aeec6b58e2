/** A declared option, as in the manifest. */
interface ManifestOption {
  readonly name: string;
  readonly type: string;
  readonly default?: unknown;
  readonly multi?: boolean;
}

/** Returns the declared options of a manifest. */
export function declaredOptions(options: unknown): readonly ManifestOption[] {
  return Array.isArray(options) ? (options as readonly ManifestOption[]) : [];
}

/**
 * Returns the options of `init` as lightningd sends them: the given values, else the defaults. Options without either are
 * absent, and a `multi` option is always an array.
 */
export function initOptions(
  declared: unknown,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const values = declaredOptions(declared).flatMap((option): [string, unknown][] => {
    const value = given[option.name] ?? option.default;
    if (value === undefined || (option.type === 'flag' && value === false)) return [];
    return [[option.name, option.multi === true && !Array.isArray(value) ? [value] : value]];
  });
  return { ...given, ...Object.fromEntries(values) };
}
