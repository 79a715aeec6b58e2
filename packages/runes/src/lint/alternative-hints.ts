import type { Alternative } from '../alternative.ts';
import { isKnownField } from '../certainty.ts';
import { withoutPunctuation } from '../condition.ts';
import { quoted } from '../quoted.ts';
import type { FindingCode } from './finding.ts';

/** The content of a JSON string, or a prefix of it. */
const JSON_STRING = /^(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-f]{4}))*(?:\\(?:u[0-9a-f]{0,3})?)?$/i;

export function alternativeHints({
  fieldname,
  condition,
  value,
}: Alternative): [FindingCode, string][] {
  const found: [FindingCode, string][] = [];
  if (!isKnownField(fieldname) && condition !== '#') {
    found.push([
      'unknown_field',
      `no node knows the field ${quoted(fieldname)}; ${fieldFix(fieldname)}`,
    ]);
  }
  const parameter = /^pname(.*)$/s.exec(fieldname)?.[1];
  if (parameter !== undefined && parameter !== withoutPunctuation(parameter)) {
    const plain = `pname${withoutPunctuation(parameter)}`;
    found.push([
      'punctuation',
      `write ${quoted(plain)}; older nodes support only the name without punctuation`,
    ]);
  }
  if ((condition === '<' || condition === '>') && /^(?:pname|parr)/.test(fieldname)) {
    const message =
      'only a JSON integer can pass; callers must not send the number in quotes or in a form';
    found.push(['integers_only', message]);
  }
  // Arrays and objects are compared as raw JSON.
  if (/^(?:pname|parr)/.test(fieldname) && /^[=/^]/.test(condition) && /^[^[{]/.test(value)) {
    if (!JSON_STRING.test(value)) {
      const message = 'no JSON text matches; write a quote as \\" and a backslash as \\\\';
      found.push(['escapes', message]);
    }
  }
  if (fieldname === 'id' && condition !== '!' && condition !== '#') {
    found.push([
      'peers_only',
      'only peers that use commando have an id: over REST, this never passes; remove it if the rune is for REST',
    ]);
  }
  if (parameter !== undefined && condition === '!') {
    found.push([
      'named_only',
      'callers can still pass the parameter by position; also restrict parrN or pnum',
    ]);
  }
  return found;
}

const FIELDS = ['time', 'id', 'method', 'pnum', 'rate', 'per'];

function fieldFix(fieldname: string): string {
  const plain = fieldname.trim().toLowerCase();
  const similar = FIELDS.find((field) => plain === field || plain === `${field}s`);
  if (similar !== undefined) return `write ${quoted(similar)}`;
  const name = withoutPunctuation(plain);
  return `write the parameter ${quoted(name)} as ${quoted(`pname${name}`)}`;
}
