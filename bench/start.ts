import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Build, builds } from '../packages/gateway/src/builds.ts';
import { initialise, launchPlugin } from '../test/support/plugin-process.ts';
import { freePort } from '../packages/gateway/src/testing/ports.ts';
import { pluginFile } from '../test/support/under-test.ts';

/** How long a start takes, in milliseconds, each the middle of several, and how large the file is. */
export interface Start {
  readonly plugin: Build['prefix'];
  readonly bytes: number;
  /** A program in Node that does nothing, from its start to its end. */
  readonly bare: number;
  /** From the plugin's start to its answer to getmanifest. */
  readonly manifest: number;
  /** From init to the first accepted connection, with certificates there already. */
  readonly ready: number;
  /** The same, where they have to be made first. */
  readonly readyWithNewCertificates: number;
}

/** Starts each plugin as lightningd does, with https, and a bare Node in between. */
export async function benchStart(rounds: number): Promise<readonly Start[]> {
  const figures: Start[] = [];
  for (const build of Object.values(builds)) figures.push(await measureStart(build, rounds));
  return figures;
}

async function measureStart(build: Build, rounds: number): Promise<Start> {
  const bare: number[] = [];
  const first: Steps[] = [];
  const later: Steps[] = [];
  for (let round = 0; round < rounds; round++) {
    const directory = await mkdtemp(join(tmpdir(), 'clnrest-bench-'));
    try {
      bare.push(await startBare());
      first.push(await startOnce(build, directory));
      later.push(await startOnce(build, directory));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  return {
    plugin: build.prefix,
    bytes: (await stat(pluginFile(build))).size,
    bare: middle(bare),
    manifest: middle([...first, ...later].map(({ manifest }) => manifest)),
    ready: middle(later.map(({ ready }) => ready)),
    readyWithNewCertificates: middle(first.map(({ ready }) => ready)),
  };
}

interface Steps {
  readonly manifest: number;
  readonly ready: number;
}

async function startOnce(build: Build, directory: string): Promise<Steps> {
  const port = await freePort();
  const begun = performance.now();
  const plugin = launchPlugin(pluginFile(build), { cwd: directory });
  try {
    const { lightningd } = plugin;
    const answered = lightningd
      .frame(({ result }) => result?.['options'] !== undefined)
      .then(() => performance.now());
    const ready = lightningd.logLine('info REST server running').then(() => performance.now());
    await initialise(plugin, directory, { [`${build.prefix}-port`]: port });
    const manifest = await answered;
    return { manifest: manifest - begun, ready: (await ready) - manifest };
  } finally {
    await plugin.end();
  }
}

async function startBare(): Promise<number> {
  const begun = performance.now();
  await once(spawn('node', ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - begun;
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
