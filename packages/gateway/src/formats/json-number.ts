const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** Whether a text is a number as JSON writes them (RFC 8259, section 6), of whatever size. */
export function isJsonNumber(text: string): boolean {
  return NUMBER.test(text);
}
