import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { describe, expect, onTestFinished, test } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const gateway = createRequire(join(ROOT, 'packages/gateway/package.json'));
const { load } = gateway('js-yaml') as { load: (text: string) => unknown };

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly needs?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

const FILE = '.github/workflows/release.yml';
const workflow = load(readFileSync(join(ROOT, FILE), 'utf8')) as {
  readonly permissions: object;
  readonly jobs: Readonly<Record<'check' | 'publish', Job>>;
};
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
const scripts = steps.flatMap(({ run }) => run ?? []);

test('nothing is published that has not passed the checks', () => {
  const { check, publish } = workflow.jobs;
  expect(publish.needs).toBe('check');
  expect(check.steps.map(({ run }) => run)).toContain('.ci/run');
  expect(check.permissions).toEqual({ contents: 'read' });
});

test('only the job that publishes can write, and has no secret that a step could leak', () => {
  expect(workflow.permissions).toEqual({});
  expect(workflow.jobs.publish.permissions).toEqual({ contents: 'write', 'id-token': 'write' });
  expect(readFileSync(join(ROOT, FILE), 'utf8')).not.toContain('secrets.');
});

test('foreign actions are pinned to commits', () => {
  const actions = steps.flatMap(({ uses }) => uses ?? []);
  expect(actions.length).toBeGreaterThan(0);
  for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[\da-f]{40}$/);
});

test.each(scripts)('the shell accepts: %s', (script) => {
  expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' }).stderr).toBe('');
  // A `${{ … }}` in a script would run what a tag's name contains.
  expect(script).not.toContain('${{');
});

test('the commands before the first tag create each published package without files', () => {
  const [, block = ''] =
    /before the first tag[^]*?```shell\n([^]*?)```/.exec(read('CONTRIBUTING.md')) ?? [];
  const programs = temporaryDirectory();
  const npm =
    '#!/bin/sh\n[ "$1 $3" = "publish --access=public" ] && ls "$2" && cat "$2/package.json"\n';
  writeFileSync(join(programs, 'npm'), npm, { mode: 0o755 });
  const { status, stdout } = spawnSync('bash', ['-euc', block], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${programs}:${process.env['PATH']}` },
  });
  expect(status).toBe(0);
  const lines = stdout.trim().split('\n');
  const names = lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as object);
  expect(lines.filter((line) => !line.startsWith('{'))).toEqual(names.map(() => 'package.json'));
  const published = readdirSync(join(ROOT, 'packages'))
    .map((folder) => JSON.parse(read(`packages/${folder}/package.json`)) as Manifest)
    .filter((manifest) => manifest.private !== true);
  const expected = published.map(({ name }) => ({ name, version: '0.0.0', license: 'MIT' }));
  expect(names).toHaveLength(expected.length);
  expect(names).toEqual(expect.arrayContaining(expected));
});

test('the scripts and programs that the workflow runs exist', () => {
  const { scripts: known } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const text = scripts.join('\n');
  const names = Array.from(text.matchAll(/npm run ([\w:]+)/g), ([, name = '']) => name);
  expect(names).not.toEqual([]);
  for (const name of names) expect(Object.keys(known)).toContain(name);
  for (const [, file = ''] of text.matchAll(/(?:node )((?:scripts)\/\S+|\.ci\/run)/g))
    expect(existsSync(join(ROOT, file)), file).toBe(true);
});

interface Ready {
  releaseProblems(release: {
    readonly tag: string;
    readonly address: string | undefined;
    readonly packages: readonly { readonly name: string; readonly version: string }[];
    readonly changelog: string;
    readonly security: string;
    readonly imageFiles: readonly string[];
  }): string[];
}

const { releaseProblems } = (await import(
  new URL('../../scripts/release/ready.mjs', import.meta.url).href
)) as Ready;

const READY = {
  tag: 'v1.2.3',
  address: 'https://git.example/clnrest',
  packages: [{ name: 'clnrest', version: '1.2.3' }],
  changelog: '# Changelog\n\n## 1.2.3 - 2026-12-01\n',
  security: '[Report a vulnerability](../../security/advisories/new)',
  imageFiles: [`services:\n  redis:\n    image: redis:8.2@sha256:${'a'.repeat(64)}\n`],
};

describe('a release is refused', () => {
  test('not if everything is ready', () => expect(releaseProblems(READY)).toEqual([]));

  test.each([
    ['without a public address', { address: undefined }, 'set PUBLIC_ADDRESS'],
    ['with packages of another version', { tag: 'v1.2.4' }, 'clnrest has version 1.2.3'],
    ['with an undated changelog', { changelog: '## 1.2.3 - unreleased\n' }, 'has no heading with'],
    [
      'with another version that looks alike',
      { changelog: '## 1x2.3 - 2026-12-01\n' },
      'no heading',
    ],
    ['without a channel for reports', { security: 'Report.' }, 'SECURITY.md has no link'],
    [
      'with images of which only the tag is known',
      { imageFiles: ['ARG NODE_IMAGE=node:22.20\n', '    image: redis:8.2@sha256:a\n'] },
      'node:22.20 has no digest: run node scripts/release/pin-images.mjs\nredis:8.2@sha256:a has no digest',
    ],
  ])('%s', (_, change, problem) => {
    expect(releaseProblems({ ...READY, ...change }).join('\n')).toContain(problem);
  });

  test('outside the workflow, where the repository has no address', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(ROOT, 'scripts/release/publish.mjs'), 'v0.1.0'],
      { encoding: 'utf8', env: { ...process.env, GITHUB_ACTIONS: '' } },
    );
    expect(status).toBe(1);
    expect(stderr).toContain('the repository has no public address');
  });
});

interface Channel {
  channelProblem(environment: Readonly<Record<string, string>>): Promise<string | undefined>;
}

const { channelProblem } = (await import(
  new URL('../../scripts/release/report-channel.mjs', import.meta.url).href
)) as Channel;

describe('the channel for reports', () => {
  test.each([
    ['exists', 200, '{"enabled":true}', undefined],
    ['is disabled', 200, '{"enabled":false}', 'enable private vulnerability reporting in'],
    ['does not exist in a private repository', 404, '{"message":"Not Found"}', 'returned 404'],
  ])('%s', async (_, status, body, problem) => {
    const requests: (string | undefined)[] = [];
    const server = createServer(({ url, headers }, response) => {
      requests.push(url, headers.authorization);
      response.writeHead(status).end(body);
    });
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const found = await channelProblem({
      GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      GITHUB_REPOSITORY: 'owner/name',
      GH_TOKEN: 'secret',
    });
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(problem);
    const path = '/repos/owner/name/private-vulnerability-reporting';
    expect(requests).toEqual([path, 'Bearer secret']);
  });

  test('cannot be checked elsewhere', async () => {
    expect(await channelProblem({})).toContain('only the release workflow can check');
  });

  test('has a link in SECURITY.md that exists below the address of the repository', () => {
    const [, link] = /\]\((\S+\/advisories\/new)\)/.exec(read('SECURITY.md')) ?? [];
    const page = new URL(link ?? '', 'https://git.example/owner/name/blob/main/SECURITY.md');
    expect(page.href).toBe('https://git.example/owner/name/security/advisories/new');
  });
});

function read(name: string): string {
  return readFileSync(join(ROOT, name), 'utf8');
}
