import type { IncomingMessage } from 'node:http';
import { Refusal } from '../refusals.ts';
import { MEDIA_TYPES, type MediaType } from '../formats/media-types.ts';
import type { ParsedRune } from '../node/parsed-rune.ts';
import type { RuneReader } from '../node/rune-reader.ts';
import { type BodyType, readBodyType } from '../parameters/content-type.ts';
import { chooseMediaType } from './accept.ts';
import { chooseCoding, type Coding } from './coding.ts';
import { readFilter } from './result-filter.ts';
import { readRuneHeader } from './rune-header.ts';

/** The head of a command's request. Each header is read once, so that no two readings can differ. */
export interface CommandHead {
  /** The rune. `undefined` if the path needs none. */
  readonly rune: ParsedRune | undefined;
  readonly body: BodyType;
  /** The media type of the response. */
  readonly type: MediaType;
  /** The content coding of a large response. */
  readonly coding: Coding | undefined;
  /** The members of the result that the client wants, as JSON text. */
  readonly filter: string | undefined;
}

/** Settings for {@link readCommandHead}. */
export interface HeadTools {
  readonly reader: RuneReader;
  readonly needsRune: boolean;
  /** The size limit of a body. */
  readonly maxBodyBytes: number;
}

/** Reads the head. Throws a {@link Refusal} (`accept`, `bad_filter`, `missing_rune`, `repeated_rune`, `rune_refused`). */
export function readCommandHead(request: IncomingMessage, tools: HeadTools): CommandHead {
  const { headers } = request;
  const type = chooseMediaType(headers.accept, MEDIA_TYPES);
  if (type === undefined) throw Refusal.of('accept');
  const rune = tools.needsRune ? parseRune(request, tools.reader) : undefined;
  const body = readBodyType(headers['content-type'], tools.maxBodyBytes);
  const coding = chooseCoding(headers['accept-encoding'], ['br', 'gzip']);
  return { rune, body, type, coding, filter: readFilter(headers['filter']) };
}

function parseRune(request: IncomingMessage, reader: RuneReader): ParsedRune {
  const rune = reader.read(readRuneHeader(request));
  if (rune instanceof Refusal) throw rune;
  return rune;
}
