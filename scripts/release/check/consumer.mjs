// Uses the packages as other projects do: in an empty project, with the tarballs installed.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import vm from 'node:vm';
import { build } from 'esbuild';
import { root } from '../published-packages.mjs';

const run = promisify(execFile);

/** Packages that run in browsers. `@clnrest/json/bytes` uses Node's Buffer. */
export const BROWSER_MODULES = [
  '@clnrest/bounds',
  '@clnrest/client',
  '@clnrest/commando',
  '@clnrest/commando/peer',
  '@clnrest/commands',
  '@clnrest/json',
  '@clnrest/runes',
  '@clnrest/runes/bolt11',
  '@clnrest/runes/bolt12',
];

/** A program in TypeScript that uses values and types of the packages. */
export const PROGRAM = `
import { BoundedQueue } from '@clnrest/bounds';
import { ClnrestClient } from '@clnrest/client';
import { CommandoClient } from '@clnrest/commando';
import { socketChannel } from '@clnrest/commando/node';
import { PeerSession } from '@clnrest/commando/peer';
import type { CommandParams } from '@clnrest/commands';
import { invoiceParams } from '@clnrest/commands/schemas/invoice';
import { encodeJson, parseJson } from '@clnrest/json';
import { Plugin, RpcClient } from '@clnrest/lightningd';
import { withLauncher } from '@clnrest/lightningd/launcher';
import { Restriction, Rune } from '@clnrest/runes';
import { decodeBolt11 } from '@clnrest/runes/bolt11';

const params: CommandParams['invoice'] = { amount_msat: 1n, label: 'a', description: 'b' };
// @ts-expect-error an invoice needs a label
const incomplete: CommandParams['invoice'] = { amount_msat: 1n, description: 'b' };
const client = new ClnrestClient({ url: 'https://127.0.0.1:3010', rune: 'r' });
const invoice = client.call('invoice', params);
const result: Promise<string> = invoice.then(({ bolt11 }) => bolt11);
const peer = new CommandoClient({ address: '02ab@127.0.0.1:9735', rune: 'r', amounts: 'bigint' });
const received: Promise<bigint> = peer.call('waitinvoice', { label: 'a' }).then(({ amount_received_msat: msat }) => msat ?? 0n);
const text: string = Restriction.of('method=pay').encode();
export { BoundedQueue, decodeBolt11, encodeJson, incomplete, invoiceParams, parseJson, PeerSession, Plugin, received, result, RpcClient, socketChannel, Rune, text, withLauncher };
`;

/** How TypeScript finds modules: the settings, and the file that it checks. */
export const RESOLUTIONS = [
  { module: 'node16', moduleResolution: 'node16', file: 'program.mts' },
  { module: 'nodenext', moduleResolution: 'nodenext', file: 'program.mts' },
  { module: 'nodenext', moduleResolution: 'nodenext', file: 'program.cts' },
  { module: 'esnext', moduleResolution: 'bundler', file: 'program.ts' },
];

/** Installs tarballs in a new project. Dependencies come from npm's cache, or else from the registry. */
export async function createProject(project, tarballs) {
  await mkdir(project, { recursive: true });
  await writeFile(join(project, 'package.json'), '{ "name": "empty", "private": true }\n');
  const options = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  await run('npm', [...options, ...tarballs], { cwd: project });
}

/** Loads all modules with `import` and `require`. */
export async function loadFromNode(project, modules) {
  const names = JSON.stringify(modules);
  const esm = `for (const name of ${names}) if (Object.keys(await import(name)).length === 0) throw new Error(name);`;
  const commonJs = `for (const name of ${names}) if (Object.keys(require(name)).length === 0) throw new Error(name);`;
  await writeFile(join(project, 'load.mjs'), esm);
  await writeFile(join(project, 'load.cjs'), commonJs);
  for (const file of ['load.mjs', 'load.cjs'])
    await run(process.execPath, ['--disable-warning=ExperimentalWarning', file], { cwd: project });
}

/** Checks a program with a compiler, for each way to find modules. Types of libraries are checked, too. */
export async function checkTypes(project, compiler, resolutions = RESOLUTIONS) {
  for (const { file, ...resolution } of resolutions) {
    await writeFile(join(project, file), PROGRAM);
    await writeFile(join(project, 'tsconfig.json'), settings(resolution, file));
    try {
      await run(process.execPath, [compiler, '-p', 'tsconfig.json'], { cwd: project });
    } catch (error) {
      const report = `${compiler}, ${resolution.moduleResolution}, ${file}:\n${error.stdout}`;
      throw new Error(report, { cause: error });
    }
  }
}

function settings(resolution, file) {
  return JSON.stringify({
    compilerOptions: {
      ...resolution,
      target: 'es2022',
      lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
      strict: true,
      noEmit: true,
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
    },
    files: [file],
  });
}

/** Bundles for browsers, and runs the bundle where only what browsers have exists. */
export async function bundleForBrowsers(project) {
  const imports = BROWSER_MODULES.map((name, at) => `export * as m${at} from '${name}';`).join(
    '\n',
  );
  const use = `
    import { Rune, Restriction } from '@clnrest/runes';
    import { encodeJson, parseJson } from '@clnrest/json';
    import { ClnrestClient } from '@clnrest/client';
    import { CommandoClient, createIdentity, identityOf } from '@clnrest/commando';
    new ClnrestClient({ url: 'https://127.0.0.1:3010', rune: 'r' });
    const rune = Rune.fromBase64('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==');
    globalThis.result = [
      rune.restrict(Restriction.of('method=pay')).toBase64(),
      encodeJson(parseJson('9007199254740993')),
      new CommandoClient({ address: createIdentity().nodeId + '@ws://127.0.0.1:9735', privateKey: '11'.repeat(32) }).nodeId,
    ];`;
  const entry = join(project, 'browser.js');
  await writeFile(entry, `${imports}\n${use}`);
  const { outputFiles } = await build({
    entryPoints: [entry],
    absWorkingDir: dirname(entry),
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
  });
  const browser = {
    TextEncoder,
    TextDecoder,
    URL,
    AbortController,
    AbortSignal,
    fetch,
    crypto,
    atob,
    btoa,
  };
  vm.runInNewContext(outputFiles[0].text, browser);
  const [rune, digits, nodeId] = browser.result;
  if (rune !== 'xfAuX1Gjy3Rg9aQZMMmvw2S6xQvmChgPFHS8FuGiVU09MCZtZXRob2Q9cGF5')
    throw new Error(`the bundle for browsers restricts a rune to ${rune}`);
  if (digits !== '9007199254740993') throw new Error(`the bundle for browsers returns ${digits}`);
  if (nodeId !== '034f355bdcb7cc0af728ef3cceb9615d90684bb5b2ca5f859ab0f0b704075871aa')
    throw new Error(`the bundle for browsers has the identity ${nodeId}`);
}
