// Limits of results in YAML, XML and forms; JSON results have no limits.

/** Maximum nesting of a result. */
export const MAX_RESULT_DEPTH = 64;
/** Maximum length of a key, in characters; in a form, of all keys of a path together. */
export const MAX_RESULT_KEY_LENGTH = 1_000;
/** Maximum length of a number, in characters. */
export const MAX_RESULT_NUMBER_LENGTH = 65_536;
