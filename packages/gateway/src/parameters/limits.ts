/** How deep parameters may be nested. lightningd and plugins read them by recursion. */
export const MAX_DEPTH = 64;
/** How many values parameters may hold, at all levels together. */
export const MAX_VALUES = 100_000;
/**
 * How many parameters a command may get, by name or by position. Each is looked up by name for the
 * rune, several times over. No command has more than 40.
 */
export const MAX_PARAMETERS = 1_000;
/**
 * How many characters parameters may have as canonical JSON. A form can grow sixfold: its raw control
 * characters become escapes.
 */
export const MAX_PARAMETERS_LENGTH = 5_242_880;
/** How many characters a number may have: some readers take quadratic time, Python gives up at 4300. */
export const MAX_NUMBER_LENGTH = 1_000;
/** How many bytes parameters may have in YAML or XML, which take far longer to read than JSON. */
export const MAX_MARKUP_BYTES = 262_144;
