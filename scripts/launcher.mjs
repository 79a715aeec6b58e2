// Creates the first part of a plugin's file: the launcher, which sh runs when lightningd starts the plugin, and the script
// of the plugin process.
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placeOfSecondPart } from './second-part.mjs';

/**
 * Returns the first part. The launcher in it contains the plugin's options, so that it can declare them if Node cannot
 * run, and the place of the second part.
 *
 * @param root the repository
 * @param script the JavaScript of the plugin process
 * @param httpScript the JavaScript of the HTTP process, which becomes the second part
 * @param file the path of the plugin
 */
export async function firstPart(root, script, httpScript, file) {
  const template = await readFile(join(root, 'packages/gateway/src/launcher.sh'), 'utf8');
  const { engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const oldest = /^>=(\d+)\.(\d+)$/.exec(engines.node);
  if (oldest === null)
    throw new Error(`package.json: engines.node must be >=MAJOR.MINOR, not ${engines.node}`);
  const [, major, minor] = oldest;
  const values = {
    MAJOR: major,
    MINOR: minor,
    MANIFEST: quoted(await options(script, file)),
    BYTES: number(0),
    HTTP_OFFSET: number(0),
    HTTP_BYTES: number(0),
    HTTP_LINES: number(0),
  };
  const fill = (text) => text.replace(/@([A-Z_]+)@/g, (place, name) => values[name] ?? place);
  const launcher = fill(template);
  if (launcher.indexOf('*/') !== launcher.lastIndexOf('*/'))
    throw new Error('the launcher contains */, which ends its JavaScript comment');
  const draft = launcher + fill(script);
  const { offset, bytes, lines } = placeOfSecondPart(draft, httpScript);
  values.BYTES = number(Buffer.byteLength(draft));
  values.HTTP_OFFSET = number(offset);
  values.HTTP_BYTES = number(bytes);
  values.HTTP_LINES = number(lines);
  return fill(template) + fill(script);
}

/** Returns a manifest with the plugin's options only, as one line of JSON. */
async function options(script, file) {
  const trial = `${file}.${process.pid}.cjs`;
  await writeFile(trial, script);
  try {
    const { options, dynamic } = await manifest(trial);
    return JSON.stringify({ options, rpcmethods: [], subscriptions: [], hooks: [], dynamic });
  } finally {
    await rm(trial, { force: true });
  }
}

/** Runs the plugin and returns its result of getmanifest. */
function manifest(program) {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [program], (error, stdout) => {
      if (error !== null) reject(error);
      else resolve(JSON.parse(stdout).result);
    });
    child.stdin.end('{"jsonrpc":"2.0","id":1,"method":"getmanifest","params":{}}\n\n');
  });
}

/** A number of a constant width: the numbers depend on the length of the launcher. */
function number(value) {
  return String(value).padStart(8);
}

/** Quotes a word for sh. */
function quoted(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
