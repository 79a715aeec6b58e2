import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Build, builds } from '@clnrest/gateway/builds';
import { initialise, launchPlugin } from '../test/support/plugin-process.ts';
import { freePort } from '@clnrest/testing';
import { pluginFile } from '../test/support/under-test.ts';

/** The file size and the median times of a start, in milliseconds. */
export interface Start {
  readonly plugin: Build['prefix'];
  readonly bytes: number;
  /** An empty program in Node, from its start to its end. */
  readonly bare: number;
  /** From the plugin's start to its reply to getmanifest. */
  readonly manifest: number;
  /** From the plugin's start to the first accepted connection, with existing certificates. */
  readonly ready: number;
  /** The same, with new certificates. */
  readonly readyWithNewCertificates: number;
}

/** Starts each plugin as lightningd does, with https, alternating with a bare Node. */
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
    bare: median(bare),
    manifest: median([...first, ...later].map(({ manifest }) => manifest)),
    ready: median(later.map(({ ready }) => ready)),
    readyWithNewCertificates: median(first.map(({ ready }) => ready)),
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
    return { manifest: manifest - begun, ready: (await ready) - begun };
  } finally {
    await plugin.end();
  }
}

async function startBare(): Promise<number> {
  const begun = performance.now();
  // As the plugins: with it, Node would read all authorities first.
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: '' };
  await once(spawn('node', ['-e', '0'], { stdio: 'ignore', env }), 'exit');
  return performance.now() - begun;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
