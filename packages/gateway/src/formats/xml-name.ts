/**
 * Converts JSON keys to XML element names and back. A key can be any text, a name cannot. Characters that
 * are invalid in a name become `_xHHHH_`, as in SQL/XML (ISO 9075-14) and .NET's `XmlConvert`: `1st` becomes
 * `_x0031_st`. To keep the conversion reversible, a key that looks like such an escape gets its `_` escaped,
 * and the empty key becomes `_x_`. Letters beyond ASCII are escaped because some XML parsers reject them.
 */

const PLAIN = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
const ESCAPE = /_x(?:[0-9A-Fa-f]{4})?_/;
/**
 * Characters that are invalid in their place, and each `_` that would start an escape. Such an escape ends
 * with a `_` or with the start of another escape.
 */
const NEEDS_ESCAPE = /[^A-Za-z0-9_.-]|^[^A-Za-z_]|_(?=x(?:[0-9A-Fa-f]{4})?(?:_|[^A-Za-z0-9_.-]))/g;

/** Returns the element name of a key. */
export function xmlName(key: string): string {
  if (PLAIN.test(key) && !ESCAPE.test(key)) return key;
  if (key === '') return '_x_';
  return key.replace(NEEDS_ESCAPE, (unit) => {
    const hex = unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return `_x${hex}_`;
  });
}

/** Returns the key of an element name. */
export function keyOfXmlName(name: string): string {
  if (!ESCAPE.test(name)) return name;
  if (name === '_x_') return '';
  return name.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
