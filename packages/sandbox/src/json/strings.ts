import { escapeString } from '@clnrest/json';

/** A JSON string with raw UTF-8 and minimal escapes. lightningd also escapes DEL in its output. */
export function quote(text: string): string {
  return `"${escapeString(text).replaceAll('\u007f', '\\u007F')}"`;
}
