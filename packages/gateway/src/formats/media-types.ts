/** A form in which parameters come, and answers go. */
export type Format = 'json' | 'yaml' | 'xml' | 'form';

/**
 * The media types that stand for each, the one that we like best first. The aliases of YAML are those
 * of RFC 9512, section 2.1; that of XML of RFC 7303, section 9.2.
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

/** A media type that we read and write. */
export type MediaType = keyof typeof FORMATS;

/** All of them, the most welcome first. */
export const MEDIA_TYPES = Object.keys(FORMATS) as [MediaType, ...MediaType[]];

/** The form that a media type stands for, if we know it. */
export function formatOf(type: MediaType): Format;
export function formatOf(type: string): Format | undefined;
export function formatOf(type: string): Format | undefined {
  return Object.hasOwn(FORMATS, type) ? FORMATS[type as MediaType] : undefined;
}
