/** A well-formed rune. The fake node accepts any rune. */
export const RUNE = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9MA==';
