import { isUtf8 } from 'node:buffer';
import { Refusal } from '../errors.ts';
import { canonicalParameters } from './canonical-json.ts';
import { formToParameters } from './form.ts';

/** A form of body that we read. */
export type BodyFormat = 'json' | 'form';

const FORMATS: ReadonlyMap<string, BodyFormat> = new Map([
  ['application/json', 'json'],
  ['*/*', 'json'],
  ['application/x-www-form-urlencoded', 'form'],
]);

const UTF8 = /^(?:utf-?8|us-ascii)$/i;

/**
 * What a `Content-Type` says about the body; JSON where there is none, or it says nothing. Throws a
 * {@link Refusal} (`content_type`) for anything that we don't read.
 */
export function bodyFormat(contentType: string | undefined): BodyFormat {
  if (!contentType || contentType === 'application/json') return 'json';
  const [type = '', ...options] = contentType.split(';');
  const format = FORMATS.get(type.trim().toLowerCase());
  if (format === undefined) throw Refusal.of('content_type');
  for (const option of options) {
    const charset = /^\s*charset\s*=\s*"?([^"]*?)"?\s*$/i.exec(option)?.[1];
    if (charset !== undefined && !UTF8.test(charset)) {
      throw Refusal.of('content_type', { detail: 'the charset must be utf-8' });
    }
  }
  return format;
}

/** What JSON allows between values, and nothing else. */
const BLANK = /^[ \t\r\n]*$/;

/**
 * Turns a body into the canonical JSON text of its parameters, which the judge and the command both
 * get. An empty body is no parameters, whatever its type, and so is JSON of nothing but white space.
 * Throws a {@link Refusal}.
 */
export function readParameters(contentType: string | undefined, body: Buffer): string {
  if (body.length === 0) return '{}';
  const format = bodyFormat(contentType);
  switch (format) {
    case 'json': {
      const text = decode(body, 'bad_json');
      return BLANK.test(text) ? '{}' : canonicalParameters(text);
    }
    case 'form':
      return formToParameters(decode(body, 'bad_form'));
  }
}

function decode(body: Buffer, kind: 'bad_json' | 'bad_form'): string {
  if (!isUtf8(body)) throw Refusal.of(kind, { detail: 'it is not valid UTF-8' });
  return body.toString('utf8');
}
