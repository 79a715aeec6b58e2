/** A format of parameters and results. */
export type Format = 'json' | 'yaml' | 'xml' | 'form';

/**
 * The format of each media type; the preferred media types come first. The aliases of YAML are from RFC 9512,
 * section 2.1, and that of XML is from RFC 7303, section 9.2.
 */
const FORMATS = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/xml': 'xml',
  'application/x-www-form-urlencoded': 'form',
  'application/x-yaml': 'yaml',
  'text/yaml': 'yaml',
  'text/x-yaml': 'yaml',
  'text/xml': 'xml',
} as const satisfies Record<string, Format>;

/** A supported media type. */
export type MediaType = keyof typeof FORMATS;

/** All supported media types, the preferred ones first. */
export const MEDIA_TYPES = Object.keys(FORMATS) as [MediaType, ...MediaType[]];

/** Returns the format of a media type, or `undefined` if the type is not supported. */
export function formatOf(type: MediaType): Format;
export function formatOf(type: string): Format | undefined;
export function formatOf(type: string): Format | undefined {
  return Object.hasOwn(FORMATS, type) ? FORMATS[type as MediaType] : undefined;
}
