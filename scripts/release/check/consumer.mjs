// Uses the packages as other projects do: in an empty project, with the tarballs installed.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import vm from 'node:vm';
import { build } from 'esbuild';
import { root } from '../published-packages.mjs';

const run = promisify(execFile);

/** Modules that need Node, with the entries below them. All others must run in browsers. */
export const NODE_MODULES = [
  '@clnrest/lightningd',
  '@clnrest/json/bytes',
  '@clnrest/commando/node',
  '@clnrest/sandbox',
];

/** A program in TypeScript that uses values and types of the packages. It also imports all modules. */
export const PROGRAM = `
import { BoundedQueue } from '@clnrest/bounds';
import { ClnrestClient } from '@clnrest/client';
import { CommandoClient } from '@clnrest/commando';
import { socketChannel } from '@clnrest/commando/node';
import { PeerSession } from '@clnrest/commando/peer';
import type { CommandParams } from '@clnrest/commands';
import { check } from '@clnrest/commands/check';
import { invoiceParams } from '@clnrest/commands/schemas/invoice';
import { encodeJson, parseJson } from '@clnrest/json';
import { Plugin, RpcClient } from '@clnrest/lightningd';
import { withLauncher } from '@clnrest/lightningd/launcher';
import { Restriction, Rune } from '@clnrest/runes';
import { decodeBolt11 } from '@clnrest/runes/bolt11';
import { startSandbox } from '@clnrest/sandbox';

const params: CommandParams['invoice'] = { amount_msat: 1n, label: 'a', description: 'b' };
// @ts-expect-error an invoice needs a label
const incomplete: CommandParams['invoice'] = { amount_msat: 1n, description: 'b' };
const client = new ClnrestClient({ url: 'https://127.0.0.1:3010', rune: 'r' });
const invoice = client.call('invoice', params);
const result: Promise<string> = invoice.then(({ bolt11 }) => bolt11);
const commando = new CommandoClient({ address: 'ID@127.0.0.1', rune: 'r' });
const nodeAlias: Promise<string | undefined> = commando.call('getinfo').then((node) => node.alias);
// @ts-expect-error the command does not exist
export const unknown = commando.call('getinfos');
const peer = new CommandoClient({ address: '02ab@127.0.0.1:9735', rune: 'r', amounts: 'bigint' });
const received: Promise<bigint> = peer.call('waitinvoice', { label: 'a' }).then(({ amount_received_msat: msat }) => msat ?? 0n);
const problems: number = check(invoiceParams, params).length;
const text: string = Restriction.of('method=pay').encode();
const alias: Promise<string | undefined> = startSandbox().then(async ({ rpc }) => (await rpc.call('getinfo')).alias);
export { alias, nodeAlias, BoundedQueue, decodeBolt11, encodeJson, incomplete, invoiceParams, parseJson, PeerSession, Plugin, problems, received, result, RpcClient, Rune, socketChannel, text, withLauncher };
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

/** Starts a node from an ES module and from CommonJS, with the REST server that the package contains. */
export async function startNodes(project) {
  const use = `
    startSandbox({ rest: true }).then(async (node) => {
      const { id } = await node.rpc.call('getinfo');
      await node.stop();
      if (id !== node.id || !node.rest.ca.includes('CERTIFICATE')) throw new Error('the sandbox is not usable');
    });`;
  await writeFile(
    join(project, 'node.mjs'),
    `import { startSandbox } from '@clnrest/sandbox';${use}`,
  );
  await writeFile(
    join(project, 'node.cjs'),
    `const { startSandbox } = require('@clnrest/sandbox');${use}`,
  );
  for (const file of ['node.mjs', 'node.cjs'])
    await run(process.execPath, ['--disable-warning=ExperimentalWarning', file], { cwd: project });
}

/** Checks a program with a compiler, for each way to find modules. Types of libraries are checked, too. */
export async function checkTypes(project, modules, compiler, resolutions = RESOLUTIONS) {
  for (const { file, ...resolution } of resolutions) {
    await writeFile(join(project, file), `${PROGRAM}${exportAll(modules)}`);
    await writeFile(join(project, 'tsconfig.json'), settings(resolution, file));
    try {
      await run(process.execPath, [compiler, '-p', 'tsconfig.json'], { cwd: project });
    } catch (error) {
      const report = `${compiler}, ${resolution.moduleResolution}, ${file}:\n${error.stdout}`;
      throw new Error(report, { cause: error });
    }
  }
}

function exportAll(modules) {
  return modules.map((name, at) => `export * as module${at} from '${name}';\n`).join('');
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
export async function bundleForBrowsers(project, modules) {
  const imports = exportAll(modules.filter((name) => !needsNode(name)));
  const use = `
    import { CommandoClient, identityOf } from '@clnrest/commando';
    import { Rune, Restriction } from '@clnrest/runes';
    import { encodeJson, parseJson } from '@clnrest/json';
    import { ClnrestClient } from '@clnrest/client';
    new ClnrestClient({ url: 'https://127.0.0.1:3010', rune: 'r' });
    new CommandoClient({ address: '02eec7245d6b7d2ccb30380bfbe2a3648cd7a942653f5aa340edcea1f283686619@ws://127.0.0.1', rune: 'r' });
    const rune = Rune.fromBase64('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==');
    globalThis.result = [
      rune.restrict(Restriction.of('method=pay')).toBase64(),
      encodeJson(parseJson('9007199254740993')),
      identityOf('${'1'.padStart(64, '0')}').nodeId,
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
  // The generator of secp256k1 (SEC 2, section 2.4.1) is the public key of 1.
  if (nodeId !== '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798')
    throw new Error(`the bundle for browsers has the identity ${nodeId}`);
}

function needsNode(name) {
  return NODE_MODULES.some((other) => name === other || name.startsWith(`${other}/`));
}
