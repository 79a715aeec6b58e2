/**
 * Keys of JSON as names of XML elements, and back. Keys may be any text, names may not: what a name can't
 * hold is written `_xHHHH_`, as SQL/XML (ISO 9075-14) and .NET's `XmlConvert` do, so `1st` is
 * `_x0031_st`. A key that looks like such an escape has its `_` escaped, and the empty key is `_x_`, so
 * that every key comes back. Letters beyond ASCII are escaped, too: not all readers take all of them.
 */

const PLAIN = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const ESCAPE = /_x(?:[0-9A-Fa-f]{4})?_/;
/**
 * What can't stand where it stands, and each `_` that would begin an escape, whose end may be a `_` or the
 * beginning of another escape.
 */
const NEEDS_ESCAPE = /[^A-Za-z0-9_.-]|^[^A-Za-z_]|_(?=x(?:[0-9A-Fa-f]{4})?(?:_|[^A-Za-z0-9_.-]))/g;

/** The name of the element for a key. */
export function xmlName(key: string): string {
  if (PLAIN.test(key) && !ESCAPE.test(key)) return key;
  if (key === '') return '_x_';
  return key.replace(NEEDS_ESCAPE, (unit) => {
    const hex = unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return `_x${hex}_`;
  });
}

/** The key that an element's name stands for. */
export function keyOfXmlName(name: string): string {
  if (!ESCAPE.test(name)) return name;
  if (name === '_x_') return '';
  return name.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
