import { readFile } from 'node:fs/promises';
import { declaredOptions } from './declared-options.ts';
import { asSecondPart, placeOfSecondPart } from './second-part.ts';

/** Options of {@link withLauncher}. */
export interface LauncherOptions {
  /** The oldest version of Node.js that the plugin supports, as `major.minor`. `20.19` by default. */
  readonly node?: string | undefined;
  /** Environment variables to remove before Node.js starts, such as `NODE_EXTRA_CA_CERTS`, which costs 0.1 s. */
  readonly unset?: readonly string[] | undefined;
  /** A second program in the same file, for another process of the plugin. */
  readonly second?: SecondScript | undefined;
}

/** A program that runs instead of the plugin if it gets an argument. */
export interface SecondScript {
  /** The last argument of the process that runs this program. It inherits the file of the plugin as descriptor 4. */
  readonly argument: string;
  /** The program, as one CommonJS script. */
  readonly script: string;
}

/**
 * Puts a launcher in front of a bundled plugin. The result is a shell script and JavaScript at the same time: make it executable
 * and pass it to lightningd's option `plugin`.
 *
 * The launcher finds `node` or `nodejs` in `PATH`, or takes the path in the environment variable `CLNREST_NODE`. It checks the
 * version, and turns the JIT compiler off if the system forbids executable memory. If Node.js cannot run, it logs the reason and
 * disables the plugin. It still declares the plugin's options: lightningd does not start with an option that no plugin declares.
 *
 * @param script the plugin as one CommonJS script without top-level `await`, as `esbuild --format=cjs` writes it. It is run once,
 *   to read its options
 * @throws Error if the script is not a plugin that declares its options
 *
 * @example
 * ```ts
 * import { withLauncher } from '@clnrest/lightningd/launcher';
 *
 * // The output of a bundler.
 * const script = `
 *   process.stdin.once('data', () => {
 *     console.log('{"jsonrpc":"2.0","id":1,"result":{"options":[],"rpcmethods":[]}}');
 *     process.exit();
 *   });`;
 * const plugin = await withLauncher(script, { node: '22.12' });
 * plugin.split('\n', 1); // => ['#!/bin/sh']
 * ```
 */
export async function withLauncher(script: string, options: LauncherOptions = {}): Promise<string> {
  const { second } = options;
  const template = await readFile(new URL('../../launcher/launcher.sh', import.meta.url), 'utf8');
  const values: Record<string, string> = {
    ...versionOf(options.node ?? OLDEST_NODE),
    UNSET: (options.unset ?? []).map((name) => `unset ${word(name)}`).join('\n'),
    MANIFEST: quoted(await declaredOptions(script)),
    RUN: second === undefined ? RUN_ONE : runOneOfTwo(word(second.argument)),
  };
  const launcher = filled(template, values);
  if (launcher.indexOf('*/') !== launcher.lastIndexOf('*/')) {
    throw new Error(
      'the launcher contains */, which ends its JavaScript comment: it is in an option',
    );
  }
  return second === undefined ? launcher + script : withSecond(launcher + script, second.script);
}

/** Debian 13 has this version. */
const OLDEST_NODE = '20.19';

/** Without this option, `import()` fails. */
const IMPORTS = 'importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER';

/** Runs the whole file. */
const RUN_ONE = `var vm = require("vm"), file = process.argv[1]; vm.compileFunction(String(require("fs").readFileSync(file)), ["require"], { filename: file, ${IMPORTS} })(require);`;

/**
 * Runs one of two parts of the file, without compiling the other. The second process inherits the file as a descriptor, so that
 * it has the same version even if the file has been replaced.
 */
function runOneOfTwo(argument: string): string {
  return `var fs = require("fs"), vm = require("vm"), file = process.argv[1], second = process.argv.at(-1) === ${JSON.stringify(argument)}, fd = second ? 4 : fs.openSync(file), text = Buffer.alloc(second ? @SECOND_BYTES@ : @BYTES@); fs.readSync(fd, text, 0, text.length, second ? @SECOND_OFFSET@ : 0); vm.compileFunction(String(text), ["require", "programFile"], { filename: file, lineOffset: second ? @SECOND_LINES@ : 0, ${IMPORTS} })(require, fd);`;
}

/** A text that sh and JavaScript read as it is. */
function word(text: string): string {
  if (!/^[\w-]+$/.test(text)) throw new TypeError(`not a word: ${text}`);
  return text;
}

function versionOf(node: string): { readonly MAJOR: string; readonly MINOR: string } {
  const [, MAJOR, MINOR] = /^(\d+)\.(\d+)$/.exec(node) ?? [];
  if (MAJOR === undefined || MINOR === undefined) {
    throw new TypeError(`node must be major.minor such as 20.19, not ${node}`);
  }
  return { MAJOR, MINOR };
}

/** Adds the second part, and writes its place into the first one, which can contain these names, too. */
function withSecond(firstPart: string, script: string): string {
  const widths = { BYTES: 0, SECOND_OFFSET: 0, SECOND_BYTES: 0, SECOND_LINES: 0 };
  const draft = filled(firstPart, numbers(widths));
  const place = placeOfSecondPart(draft, script);
  const values = {
    BYTES: Buffer.byteLength(draft),
    SECOND_OFFSET: place.offset,
    SECOND_BYTES: place.bytes,
    SECOND_LINES: place.lines,
  };
  return filled(firstPart, numbers(values)) + asSecondPart(script);
}

/** Numbers of a constant width: they depend on the length of the text that contains them. */
function numbers(values: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, String(value).padStart(8)]),
  );
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/@([A-Z_]+)@/g, (place, name: string) => values[name] ?? place);
}

/** Quotes a word for sh. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
