import { JsonScanner } from '../../answers/json-scanner.ts';
import { XmlWriter } from '../../answers/xml-writer.ts';
import { YamlWriter } from '../../answers/yaml-writer.ts';
import type { MediaType } from '../../formats/media-types.ts';

/** One media type for each format, the preferred one first. */
export const MEDIA = [
  'application/json',
  'application/yaml',
  'application/xml',
  'application/x-www-form-urlencoded',
] as const satisfies readonly MediaType[];

/** Returns the content of a body or a response that supports each format. */
export function inEachFormat(media: object): Readonly<Record<string, object>> {
  return Object.fromEntries(MEDIA.map((type) => [type, media]));
}

/** Returns parameters in YAML. */
export function asYaml(params: object): string {
  const writer = new YamlWriter();
  scan(params, writer);
  return writer.flush();
}

/** Returns parameters of a command in XML. */
export function asXml(command: string, params: object): string {
  const writer = new XmlWriter(command);
  scan(params, writer);
  return writer.flush();
}

function scan(params: object, writer: YamlWriter | XmlWriter): void {
  const scanner = new JsonScanner(writer);
  scanner.push(JSON.stringify(params));
  scanner.end();
  writer.end();
}
