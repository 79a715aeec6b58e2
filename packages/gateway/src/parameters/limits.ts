/** Maximum nesting of parameters. lightningd and plugins parse them recursively. */
export const MAX_DEPTH = 64;
/** Maximum number of values in parameters, over all levels. */
export const MAX_VALUES = 100_000;
/**
 * Maximum number of parameters of a command, by name or by position. `checkrune` looks each one up by name
 * several times. No command has more than 40.
 */
export const MAX_PARAMETERS = 1_000;
/**
 * Maximum length of parameters as canonical JSON, in characters. A form can grow sixfold, because raw
 * control characters become escapes.
 */
export const MAX_PARAMETERS_LENGTH = 5_242_880;
/** Maximum length of a number: some parsers take quadratic time, and Python rejects more than 4300 digits. */
export const MAX_NUMBER_LENGTH = 1_000;
/** Maximum size of a YAML or XML body, in bytes: parsing these takes much longer than parsing JSON. */
export const MAX_MARKUP_BYTES = 262_144;
