// Creates the first part of a plugin's file, which sh runs when lightningd starts the plugin.
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Returns the launcher for a plugin's script. It contains the plugin's options, so that it can declare them if
 * Node cannot run.
 *
 * @param root the repository
 * @param script the plugin's JavaScript, which follows the launcher
 * @param file the path of the plugin
 */
export async function launcher(root, script, file) {
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
    // As wide as the number that takes its place.
    BYTES: '0'.padStart(8),
  };
  const fill = () => template.replace(/@([A-Z]+)@/g, (_, name) => values[name]);
  values.BYTES = String(Buffer.byteLength(fill() + script)).padStart(8);
  const text = fill();
  if (text.indexOf('*/') !== text.lastIndexOf('*/'))
    throw new Error('the launcher contains */, which ends its JavaScript comment');
  return text;
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

/** Quotes a word for sh. */
function quoted(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
