import { Refusal } from '../errors.ts';
import { type Format, formatOf } from '../formats/media-types.ts';

const UTF8 = /^(?:utf-?8|us-ascii)$/i;

/**
 * What a `Content-Type` says about the body; JSON where there is none, or it says nothing. Throws a
 * {@link Refusal} (`content_type`) for anything that we don't read.
 */
export function bodyFormat(contentType: string | undefined): Format {
  if (!contentType || contentType === 'application/json') return 'json';
  const [name = '', ...options] = contentType.split(';');
  const type = name.trim().toLowerCase();
  const format = type === '*/*' ? 'json' : formatOf(type);
  if (format === undefined) throw Refusal.of('content_type');
  for (const option of options) {
    const charset = /^\s*charset\s*=\s*"?([^"]*?)"?\s*$/i.exec(option)?.[1];
    if (charset !== undefined && !UTF8.test(charset)) {
      throw Refusal.of('content_type', { detail: 'the charset must be utf-8' });
    }
  }
  return format;
}
