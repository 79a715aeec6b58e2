import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { get } from 'node:https';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { freePort, temporaryDirectory } from '@clnrest/testing';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const gateway = createRequire(join(ROOT, 'packages/gateway/package.json'));
const { load } = gateway('js-yaml') as { load: (text: string) => unknown };

interface Service {
  readonly image?: string;
  readonly build?: { readonly target: string };
  readonly entrypoint?: readonly string[];
  readonly command: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
}

const compose = load(readFileSync(join(ROOT, 'compose.yaml'), 'utf8')) as {
  readonly services: Readonly<Record<'bitcoind' | 'redis' | 'lightningd' | 'gateway', Service>>;
  readonly volumes: object;
};

/** The instructions of the Dockerfile, such as `['COPY', '. .']`, by the name of their stage. */
const stages = new Map<string, [string, string][]>();
const images = new Map<string, string>();
let current: [string, string][] = [];
for (const line of readFileSync(join(ROOT, 'Dockerfile'), 'utf8').split('\n')) {
  const [, name, rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
  if (name === 'ARG') images.set(...(rest.split('=') as [string, string]));
  else if (name === 'FROM') stages.set(/ AS (\w+)$/.exec(rest)?.[1] ?? '', (current = []));
  else if (name !== undefined) current.push([name, rest]);
}

test('images have an exact version', () => {
  const named = [
    ...images.values(),
    ...Object.values(compose.services).flatMap(({ image }) => image ?? []),
  ];
  expect(named).toHaveLength(4);
  for (const image of named)
    expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+(?:\.\d+)?(?:-[\w-]+)?(?:@sha256:[\da-f]{64})?$/);
});

interface Pins {
  unpinnedImages(text: string): string[];
  pinImages(text: string, digestOf: (image: string) => Promise<string>): Promise<string>;
}

/** The script has no types. */
const { pinImages, unpinnedImages } = (await import(
  new URL('../../scripts/release/pin-images.mjs', import.meta.url).href
)) as Pins;

test('images can be pinned to digests, and again to newer ones', async () => {
  const digest = (letter: string) => (): Promise<string> =>
    Promise.resolve(`sha256:${letter.repeat(64)}`);
  const asked: string[] = [];
  for (const name of ['Dockerfile', 'compose.yaml']) {
    const text = readFileSync(join(ROOT, name), 'utf8');
    expect(unpinnedImages(text)).toEqual([]);
    const pinned = await pinImages(text, (image) => {
      asked.push(image);
      return digest('a')();
    });
    expect(unpinnedImages(pinned)).toEqual([]);
    expect(pinned.replaceAll(`@sha256:${'a'.repeat(64)}`, '')).toBe(
      text.replaceAll(/@sha256:[\da-f]{64}/g, ''),
    );
    expect(await pinImages(pinned, digest('b'))).toBe(
      pinned.replaceAll('a'.repeat(64), 'b'.repeat(64)),
    );
    await expect(pinImages(text, () => Promise.resolve('latest'))).rejects.toThrow(
      /^the digest of/,
    );
  }
  const tags = [...images.values(), compose.services.bitcoind.image, compose.services.redis.image];
  expect(asked.toSorted()).toEqual(tags.map((image) => image?.split('@')[0]).toSorted());
});

test('services use stages and volumes that exist, and are reachable from this machine only', () => {
  for (const { build, volumes, ports = [] } of Object.values(compose.services)) {
    if (build !== undefined) expect([...stages.keys()]).toContain(build.target);
    for (const volume of volumes)
      expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  }
});

test('what the build needs is not ignored', () => {
  const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  const scripts = stages.get('build')?.flatMap(([name, rest]) => (name === 'RUN' ? [rest] : []));
  expect(scripts).toEqual(['npm ci --ignore-scripts --no-audit --no-fund', 'npm run bundle']);
  for (const name of ['package.json', 'package-lock.json', '.npmrc', 'packages', 'scripts'])
    expect(ignored).toContain(`!${name}`);
});

/** Copies a program and its libraries into another root directory. */
function copyProgram(root: string, program: string, path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  copyFileSync(realpathSync(program), join(root, path));
  const libraries = execFileSync('ldd', [realpathSync(program)], { encoding: 'utf8' });
  for (const [, library = ''] of libraries.matchAll(/(\/\S+) \(0x/g)) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(realpathSync(library), join(root, library));
  }
}

const canChangeRoot =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  ['/usr/sbin/chroot', '/usr/bin/ldd', '/usr/bin/install'].every((file) => existsSync(file));

/** The user and group `node` of the image of Node.js. */
const USER = '1000:1000';

/**
 * Creates a root directory with a stage's copied files, and what the tests need of its image: Node.js, a shell, its user. Then
 * runs the further steps there.
 */
function rootOf(stage: string): string {
  const root = temporaryDirectory();
  chmodSync(root, 0o755);
  copyProgram(root, '/bin/sh', '/bin/sh');
  copyProgram(root, '/usr/bin/install', '/usr/bin/install');
  mkdirSync(join(root, 'etc'));
  writeFileSync(join(root, 'etc/passwd'), `node:x:${USER}::/:/bin/sh\n`);
  writeFileSync(join(root, 'etc/group'), 'node:x:1000:\n');
  copyProgram(root, process.execPath, '/usr/local/bin/node');
  // Docker mounts /dev. Here, an empty file takes the place of the device.
  mkdirSync(join(root, 'dev'));
  writeFileSync(join(root, 'dev/null'), '');
  for (const [name, rest] of stages.get(stage) ?? []) {
    if (name === 'RUN') runIn(root, '/bin/sh', '-c', rest);
    if (name !== 'COPY') continue;
    const [, from = '', to = ''] = /^--from=build (\S+) (\S+)$/.exec(rest) ?? [];
    // The build's directory is a copy of the repository.
    if (from !== '/usr/local/bin/node')
      cpSync(join(ROOT, from.replace('/src/', '')), join(root, to), { recursive: true });
  }
  return root;
}

/** Runs a program in a root directory, as root. */
function runIn(root: string, ...words: readonly string[]): string {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
  return execFileSync('/usr/sbin/chroot', [root, ...words], { env, encoding: 'utf8' });
}

/** Returns a word of a stage's instruction, such as the user. */
function wordOf(stage: string, instruction: string): string | undefined {
  return stages.get(stage)?.find(([name]) => name === instruction)?.[1];
}

/** Creates programs with the names of lightningd's, which run the sandbox and its client. Returns their directory. */
function sandboxPrograms(): string {
  const directory = temporaryDirectory();
  const command = join(ROOT, 'packages/clnrest/bin/clnrest.js');
  for (const [name, words] of [
    ['lightningd', 'sandbox --clear-plugins'],
    ['lightning-cli', 'cli'],
  ] as const) {
    const line = `exec '${process.execPath}' '${command}' ${words} "$@"`;
    writeFileSync(join(directory, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  }
  return directory;
}

/** Starts a program, and ends it with the test. */
function start(program: string, words: readonly string[], env?: NodeJS.ProcessEnv) {
  const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'pipe'], ...(env && { env }) });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  });
  return child;
}

/** Resolves with the output when it contains a text. */
function printed(child: ReturnType<typeof start>, text: string): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += String(chunk);
      if (output.includes(text)) resolve(output);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', () => reject(new Error(output)));
  });
}

test.skipIf(!canChangeRoot)('the plugin runs with the copied files only', async () => {
  const root = rootOf('lightningd');
  expect(readdirSync(join(root, 'opt/clnrest')).toSorted()).toEqual(['LICENSE', 'rest']);
  const words = [root, '/opt/clnrest/rest'];
  const plugin = start('/usr/sbin/chroot', words, { PATH: '/usr/local/bin:/bin' });
  plugin.stdin.write('{"jsonrpc":"2.0","id":1,"method":"getmanifest","params":{}}\n\n');
  expect(await printed(plugin, '\n\n')).toContain('"rest-redis"');
});

const hasRedis = existsSync('/usr/bin/redis-server');

test.skipIf(!canChangeRoot || !hasRedis)(
  'Redis, the node and the gateway run with the options of compose.yaml',
  async () => {
    const { services } = compose;
    const [redisPort, port] = [await freePort(), await freePort()];
    const directory = temporaryDirectory();
    const root = rootOf('gateway');
    // The RUN step has created the other volume's directory.
    mkdirSync(join(root, 'run/lightningd'), { recursive: true });
    const { mode, uid, gid } = statSync(join(root, 'certs'));
    expect([mode.toString(8), `${uid}:${gid}`]).toEqual(['40700', USER]);
    const adapt = (option: string): string =>
      option
        .replace('redis://redis:6379', `redis://127.0.0.1:${redisPort}`)
        .replace('/opt/clnrest/rest', join(ROOT, 'dist/rest'))
        .replace('/root/.lightning', directory);

    const redisOptions = [...services.redis.command.slice(1), '--dir', directory];
    const redis = start('/usr/bin/redis-server', [...redisOptions, '--port', `${redisPort}`]);
    await printed(redis, 'Ready to accept connections');
    // The root directory of the gateway is a directory for the node.
    const inRoot = (text: string): string =>
      text.replace('=/run/lightningd', `=${root}/run/lightningd`);
    const { entrypoint = [], command } = services.lightningd;
    // Docker Compose replaces `$$` by `$`.
    const [shell = '', ...nodeWords] = [
      ...entrypoint.map((word) => inRoot(word.replaceAll('$$', '$'))),
      ...command.map((option) => inRoot(adapt(option))),
    ];
    const env = { PATH: `${sandboxPrograms()}:${process.env['PATH']}`, HOME: directory };
    const node = start(shell, nodeWords, env);
    await Promise.all([
      printed(node, 'Server started with public key'),
      printed(node, 'notifications go to Redis'),
    ]);
    const gatewayOptions = [...services.gateway.command.map(adapt), `--port=${port}`];
    const entry = JSON.parse(wordOf('gateway', 'ENTRYPOINT') ?? '[]') as string[];
    expect(wordOf('gateway', 'USER')).toBe('node');
    const words = [`--userspec=${USER}`, root, ...entry, ...gatewayOptions];
    const served = start('/usr/sbin/chroot', words, { PATH: '/usr/local/bin:/bin', HOME: '/' });
    expect(await printed(served, 'running at')).toContain(`https://0.0.0.0:${port}`);
    const ca = readFileSync(join(root, 'certs/ca.pem'));
    const host = { host: '127.0.0.1', servername: 'gateway', port, ca };
    const status = await new Promise((resolve, reject) => {
      get({ ...host, path: '/v1/list-methods' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on('error', reject);
    });
    expect(status).toBe(200);

    // Docker signals the shell only. The node stops in order, and its plugin has sent everything.
    const output = printed(node, 'JSON-RPC shutdown');
    node.kill();
    await Promise.all([output, once(node, 'exit')]);
    const redisCli = (...args: string[]): string =>
      execFileSync('/usr/bin/redis-cli', ['-p', `${redisPort}`, ...args], { encoding: 'utf8' });
    const [feeder = ''] = redisCli('KEYS', '*:feeder').split('\n');
    // 2, not 1: with a socket elsewhere, the plugin knows each run of the node only from lightningd's database.
    expect(redisCli('HGET', feeder, 'ended')).toBe('2\n');
  },
);
