import { isUtf8 } from 'node:buffer';
import { Refusal } from '../refusals.ts';
import type { Format } from '../formats/media-types.ts';
import { canonicalParameters } from './canonical-json.ts';
import { formToParameters } from './form.ts';
import { MAX_MARKUP_BYTES } from './limits.ts';

/** The white space of JSON. */
const BLANK = /^[ \t\r\n]*$/;

/**
 * Converts a body to the canonical JSON text of a command's parameters, which the rune is checked against and
 * the command receives. An empty body has no parameters, nor has JSON of only white space. Rejects with a
 * {@link Refusal}.
 */
export async function readParameters(
  format: Format,
  body: Buffer,
  method: string,
): Promise<string> {
  if (body.length === 0) return '{}';
  switch (format) {
    case 'json': {
      const text = decode(body, 'bad_json');
      return BLANK.test(text) ? '{}' : canonicalParameters(text);
    }
    case 'form':
      return formToParameters(decode(body, 'bad_form'));
    // Imports the other parsers on first use: few nodes receive these formats.
    case 'yaml': {
      const text = decodeMarkup(body, 'bad_yaml');
      const { yamlToParameters } = await import('./yaml.ts');
      return yamlToParameters(text);
    }
    case 'xml': {
      const text = decodeMarkup(body, 'bad_xml');
      const { xmlToParameters } = await import('./xml.ts');
      return xmlToParameters(text, method);
    }
  }
}

function decodeMarkup(body: Buffer, kind: 'bad_yaml' | 'bad_xml'): string {
  if (body.length > MAX_MARKUP_BYTES) throw Refusal.of('body_too_large');
  return decode(body, kind);
}

function decode(body: Buffer, kind: 'bad_json' | 'bad_form' | 'bad_yaml' | 'bad_xml'): string {
  if (!isUtf8(body)) throw Refusal.of(kind, { detail: 'it is not valid UTF-8' });
  return body.toString('utf8');
}
