// The beginning of a plugin's file: what sh reads when lightningd starts it.
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The launcher for a plugin's script. What it says for a plugin that can't run, it takes from the plugin.
 *
 * @param root the repository
 * @param script the JavaScript that comes next: it is read without the rest of the file
 * @param file where the plugin is going to be
 */
export async function launcher(root, script, file) {
  const template = await readFile(join(root, 'packages/gateway/src/launcher.sh'), 'utf8');
  const { engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const oldest = /^>=(\d+)\.(\d+)$/.exec(engines.node);
  if (oldest === null) throw new Error(`package.json names no oldest Node, but ${engines.node}`);
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
  if (text.indexOf('*/') !== text.lastIndexOf('*/')) throw new Error('the comment ends too early');
  return text;
}

/** The manifest of a plugin that has nothing but its options, as one line of JSON. */
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

/** What the plugin answers when lightningd asks what there is. */
function manifest(program) {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [program], (error, stdout) => {
      if (error !== null) reject(error);
      else resolve(JSON.parse(stdout).result);
    });
    child.stdin.end('{"jsonrpc":"2.0","id":1,"method":"getmanifest","params":{}}\n\n');
  });
}

/** A word for sh. */
function quoted(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
