import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const MODULES = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

const PROGRAM = `
  import { runSandbox } from './in-process.ts';
  runSandbox({ args: process.argv.slice(2) }).then(
    (sandbox) => console.log(sandbox.rpcPath),
    (error) => { console.log(error.message); process.exitCode = 1; },
  );
`;

let bundled: Promise<Uint8Array> | undefined;

/** Writes a program that runs a sandbox to a file. Bundles it once. */
export async function buildProgram(): Promise<string> {
  const outfile = join(temporaryDirectory(), 'sandbox.cjs');
  bundled ??= bundle();
  await writeFile(outfile, await bundled);
  return outfile;
}

async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: PROGRAM, resolveDir: PACKAGE, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['@clnrest/source'],
    external: ['libsql', '@sqlite.org/sqlite-wasm'],
    write: false,
    logLevel: 'error',
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('esbuild wrote no file');
  return file.contents;
}

interface SandboxProcess {
  readonly process: ChildProcess;
  /** The first line of output: the socket's path, or the error. */
  readonly firstLine: string;
  /** Kills the process with SIGKILL. */
  kill(): Promise<void>;
}

/** Runs a sandbox in a separate process. */
export async function runSandbox(
  program: string,
  args: readonly string[],
): Promise<SandboxProcess> {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_PATH: MODULES },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    process: child,
    firstLine: line,
    async kill() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
