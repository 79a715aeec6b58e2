/** How deep an answer may be nested that is written in another form than JSON. */
export const ANSWER_DEPTH = 64;
/** How many characters a key may have there, the names of all levels together in a form, … */
export const ANSWER_NAME = 1_000;
/** … and a number. */
export const ANSWER_NUMBER = 65_536;
