/**
 * The file of a plugin with two programs has two parts. The launcher compiles only the one that it runs: another program can cost
 * a process megabytes of memory, and each start some 10 ms.
 */
const BEGIN = 'void function (require) {\n';
const END = '\n};\n';

/** Where the script of the second part is in the file. */
export interface PlaceOfScript {
  readonly offset: number;
  readonly bytes: number;
  /** The lines before it. In errors, a line is that of the whole file. */
  readonly lines: number;
}

/** Returns the script as text that is valid JavaScript after the first part, and does not run there. */
export function asSecondPart(script: string): string {
  return BEGIN + script + END;
}

/** Returns where the script is in a file that begins with this text and continues with the second part. */
export function placeOfSecondPart(firstPart: string, script: string): PlaceOfScript {
  const before = firstPart + BEGIN;
  return {
    offset: Buffer.byteLength(before),
    bytes: Buffer.byteLength(script),
    lines: before.split('\n').length - 1,
  };
}
