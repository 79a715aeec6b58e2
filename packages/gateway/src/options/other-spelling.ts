import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OptionValues } from '@clnrest/lightningd';
import type { Build } from '../builds.ts';
import { type DeclaredOptions, OPTIONS } from './declarations.ts';

/** The prefix of the other plugin, whose options have the same names apart from it. */
const OTHERS = { rest: 'clnrest', clnrest: 'rest' } as const;

/**
 * Returns a sentence about options of the other plugin that have no effect, or that take this plugin's port, if
 * any. Reads lightningd's files, because `listconfigs` omits options of plugins that have disabled themselves
 * (observed on v26.06.6).
 *
 * @param port of this plugin
 * @param lightningDir the node's directory with the network
 */
export async function otherSpelling(
  { prefix }: Build,
  port: number,
  lightningDir: string,
): Promise<string | undefined> {
  if (prefix === '-') return undefined;
  const other = OTHERS[prefix];
  const lines = (await readLines(lightningDir)).filter(({ name }) => name.startsWith(`${other}-`));
  const otherPort = lines.findLast(({ name }) => name === `${other}-port`);
  if (otherPort?.value === String(port)) {
    return `\`${other}-port\` in ${otherPort.place} and \`${prefix}-port\` have the same value, ${port}, so only one of the two plugins can run: remove one of the options, or set another port.`;
  }
  const known = lines.filter(({ name }) => Object.hasOwn(OPTIONS, name.slice(other.length + 1)));
  const [first] = known;
  if (otherPort !== undefined || first === undefined) return undefined;
  const instead = known.map(({ name }) => `\`${prefix}${name.slice(other.length)}\``).join(', ');
  return `\`${first.name}\` in ${first.place} configures the plugin ${other}, which does not run without \`${other}-port\`. To configure this plugin, write ${instead}.`;
}

interface Line {
  readonly name: string;
  readonly value: string;
  /** The file and the number of the line. */
  readonly place: string;
}

/** Reads the options of both plugins in lightningd's default files: for all networks, and for this one. */
async function readLines(lightningDir: string): Promise<readonly Line[]> {
  const files = [join(lightningDir, '..', 'config'), join(lightningDir, 'config')];
  const lines = await Promise.all(files.map(linesOf));
  return lines.flat();
}

async function linesOf(file: string): Promise<readonly Line[]> {
  // Most networks have no file of their own.
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split(/\r?\n/).flatMap((line, index) => {
    const [, name = '', value = ''] = /^\s*((?:cln)?rest-[a-z-]+)(?:=(.*))?$/.exec(line) ?? [];
    return name === '' ? [] : [{ name, value: value.trim(), place: `${file} line ${index + 1}` }];
  });
}

/** Returns a sentence about options that have no effect because the port is not set; undefined if none is set. */
export function optionsWithoutPort(
  { prefix }: Build,
  options: OptionValues<DeclaredOptions>,
): string | undefined {
  const values: Readonly<Record<string, unknown>> = options;
  const set = Object.entries(OPTIONS).flatMap(([name, option]) => {
    const fallback: unknown = 'default' in option ? option.default : undefined;
    const value = values[`${prefix}-${name}`];
    const given = Array.isArray(value) ? value : [value];
    return given.every((each) => each === undefined || each === fallback) ? [] : [name];
  });
  if (set.length === 0) return undefined;
  const names = set.map((name) => `\`${prefix}-${name}\``).join(', ');
  return `The REST server does not start without \`${prefix}-port\`, so these options have no effect: ${names}. Set the port, for example ${prefix}-port=3010.`;
}
