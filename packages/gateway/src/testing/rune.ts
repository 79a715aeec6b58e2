/** A text that could be a rune; the fake node takes any. */
export const RUNE = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9MA==';
