import { JsonScanner } from '../../answers/json-scanner.ts';
import { XmlWriter } from '../../answers/xml-writer.ts';
import { YamlWriter } from '../../answers/yaml-writer.ts';
import type { MediaType } from '../../formats/media-types.ts';

/** The media type that stands for each format, the most welcome first. */
export const MEDIA = [
  'application/json',
  'application/yaml',
  'application/xml',
  'application/x-www-form-urlencoded',
] as const satisfies readonly MediaType[];

/** The content of a body or an answer that may come in each format. */
export function inEachFormat(media: object): Readonly<Record<string, object>> {
  return Object.fromEntries(MEDIA.map((type) => [type, media]));
}

/** Parameters as they are written in YAML. */
export function asYaml(params: object): string {
  const writer = new YamlWriter();
  scan(params, writer);
  return writer.flush();
}

/** Parameters of a command as they are written in XML. */
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
