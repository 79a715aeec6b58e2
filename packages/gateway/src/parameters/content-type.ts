import { Refusal } from '../refusals.ts';
import { type Format, formatOf } from '../formats/media-types.ts';
import { MAX_MARKUP_BYTES } from './limits.ts';

const UTF8 = /^(?:utf-?8|us-ascii)$/i;

/** The format of a body, and its size limit. */
export interface BodyType {
  /** The refusal applies only if the body is not empty: an empty body is valid in any format. */
  readonly format: Format | Refusal;
  readonly maxBytes: number;
}

/**
 * Reads `Content-Type`. Without the header, or if it is empty, the format is JSON. The refusal
 * (`content_type`) is for a format or a charset that the gateway does not support.
 */
export function readBodyType(contentType: string | undefined, maxBytes: number): BodyType {
  const format = readFormat(contentType);
  const isMarkup = format === 'yaml' || format === 'xml';
  return { format, maxBytes: isMarkup ? Math.min(MAX_MARKUP_BYTES, maxBytes) : maxBytes };
}

function readFormat(contentType: string | undefined): Format | Refusal {
  if (!contentType || contentType === 'application/json') return 'json';
  const format = formatOfType(contentType);
  if (format === undefined) return Refusal.of('content_type');
  for (const { name, value } of readMediaParameters(contentType)) {
    if (value === undefined) {
      return Refusal.of('content_type', { detail: 'a quoted parameter is malformed' });
    }
    if (name === 'charset' && !UTF8.test(value)) {
      return Refusal.of('content_type', { detail: 'the charset must be utf-8' });
    }
  }
  return format;
}

function formatOfType(contentType: string): Format | undefined {
  const end = contentType.indexOf(';');
  const type = (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  return type === '*/*' ? 'json' : formatOf(type);
}

/** A parameter of a media type. */
interface MediaParameter {
  /** In lower case. */
  readonly name: string;
  /** Without quotes; `undefined` if a quoted value is unterminated or followed by text. */
  readonly value: string | undefined;
}

/**
 * Reads the parameters after the first `;` (RFC 9110, section 8.3.1) in linear time. Accepts what real clients
 * send: white space around `=`, and unquoted values of any characters except `;`. Ignores parameters without `=`.
 */
function readMediaParameters(contentType: string): readonly MediaParameter[] {
  const parameters: MediaParameter[] = [];
  let at = contentType.indexOf(';');
  while (at !== -1 && at < contentType.length) {
    const start = at + 1;
    const next = endOf(contentType, ';', start);
    const equals = contentType.slice(start, next).indexOf('=');
    if (equals === -1) {
      at = next;
      continue;
    }
    const name = contentType
      .slice(start, start + equals)
      .trim()
      .toLowerCase();
    const from = skipSpace(contentType, start + equals + 1);
    if (contentType[from] === '"') {
      const quoted = readQuoted(contentType, from);
      parameters.push({ name, value: quoted.value });
      at = quoted.end;
    } else {
      parameters.push({ name, value: contentType.slice(from, next).trim() });
      at = next;
    }
  }
  return parameters;
}

/** Reads a quoted string (RFC 9110, section 5.6.4). `end` is the index of the next `;` or of the text's end. */
function readQuoted(text: string, from: number): { value: string | undefined; end: number } {
  let value = '';
  let at = from + 1;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === '\\') at++;
    value += text[at] ?? '';
  }
  if (at >= text.length) return { value: undefined, end: text.length };
  const after = skipSpace(text, at + 1);
  const end = endOf(text, ';', after);
  return { value: after === end ? value : undefined, end };
}

function endOf(text: string, character: string, from: number): number {
  const found = text.indexOf(character, from);
  return found === -1 ? text.length : found;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}
