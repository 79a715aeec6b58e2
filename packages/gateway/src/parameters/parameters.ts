import { isUtf8 } from 'node:buffer';
import { Refusal } from '../errors.ts';
import { canonicalParameters } from './canonical-json.ts';
import { bodyFormat } from './content-type.ts';
import { formToParameters } from './form.ts';
import { MAX_MARKUP_BYTES } from './limits.ts';

/** The white space of JSON. */
const BLANK = /^[ \t\r\n]*$/;

/**
 * Parses a body into the canonical JSON text of a command's parameters. An empty body of any type has no
 * parameters, and neither has a JSON body of white space only. Rejects with a {@link Refusal}.
 */
export async function readParameters(
  contentType: string | undefined,
  body: Buffer,
  method: string,
): Promise<string> {
  if (body.length === 0) return '{}';
  const format = bodyFormat(contentType);
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
