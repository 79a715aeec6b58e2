const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** Whether a text is a number in JSON's syntax (RFC 8259, section 6), of any size. */
export function isJsonNumber(text: string): boolean {
  return NUMBER.test(text);
}
