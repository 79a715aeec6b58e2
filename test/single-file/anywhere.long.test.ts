import { chmod, copyFile, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { builds } from '@clnrest/gateway/builds';
import { freePort, temporaryDirectory } from '@clnrest/testing';
import { need } from '@clnrest/testing/programs';
import { initialise } from '../support/plugin-process.ts';
import { startPlugin } from '../support/start-plugin.ts';
import { pluginFile } from '../support/under-test.ts';

/** A module that throws when it is loaded. */
const TRAP = 'throw new Error("loaded from the plugin\'s directory");';

/** Prepares directories where an operator can put the plugin, and returns the path of the plugin. */
const places: Record<string, (base: string, name: string) => Promise<string>> = {
  'an empty directory': async (base, name) => join(base, name),
  'a path with spaces and other characters': async (base, name) => {
    const directory = join(base, ` it's "a" $(path) *?#%20;&\\ é☃\n-- `, '-e');
    await mkdir(directory, { recursive: true });
    return join(directory, name);
  },
  'a directory with a package.json of type module': async (base, name) => {
    await writeFile(join(base, 'package.json'), '{"type":"module"}');
    return join(base, name);
  },
  'a directory with a malformed package.json': async (base, name) => {
    await writeFile(join(base, 'package.json'), '{"type":');
    return join(base, name);
  },
  'a directory with an unreadable package.json': async (base, name) => {
    await writeFile(join(base, 'package.json'), '{"type":"module"}', { mode: 0o000 });
    return join(base, name);
  },
  'a directory with optional packages of our dependencies': async (base, name) => {
    for (const module of ['bufferutil', 'utf-8-validate', 'supports-color', 'mime-db', 'ws']) {
      await mkdir(join(base, 'node_modules', module), { recursive: true });
      await writeFile(join(base, 'node_modules', module, 'index.js'), TRAP);
    }
    return join(base, name);
  },
};

/** Starts a plugin and fetches its page and the page's files. */
async function expectServes(
  file: string,
  prefix: string,
  how: { program?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  const nodeDirectory = temporaryDirectory();
  const port = await freePort();
  const settings = { cwd: dirname(file), ...(how.env && { env: how.env }) };
  const plugin =
    how.program === undefined
      ? startPlugin(file, settings)
      : startPlugin(how.program, { ...settings, args: [file] });
  const options = { [`${prefix}-port`]: port, [`${prefix}-protocol`]: 'http' };
  const { init } = await initialise(plugin, nodeDirectory, options);
  expect(init.result).toEqual({});
  expect(plugin.lightningd.logged()).toEqual([
    `info REST server running at http://127.0.0.1:${port}`,
  ]);
  const page = await fetched(port, '/');
  expect(page).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
  const parts = [...page.text.matchAll(/(?:src|href)="([^":]+\.(?:js|css|png|svg))"/g)];
  expect(parts.length).toBeGreaterThan(2);
  for (const [, path = ''] of parts) {
    const part = await fetched(port, new URL(path, 'http://page/').pathname);
    expect([path, part.status, part.text.length > 0]).toEqual([path, 200, true]);
  }
  expect(await plugin.end()).toBe(0);
  expect(plugin.errors()).toBe('');
}

function fetched(port: number, path: string) {
  return new Promise<{ status?: number; type?: string; text: string }>((resolve, reject) => {
    get({ port, path, host: '127.0.0.1', agent: false }, (answer) => {
      let text = '';
      answer.on('data', (piece: Buffer) => (text += piece.toString('latin1')));
      answer.on('error', reject);
      answer.on('end', () => {
        const { statusCode: status, headers } = answer;
        resolve({ ...(status && { status }), type: headers['content-type'] ?? '', text });
      });
    }).on('error', reject);
  });
}

test.each(Object.values(builds))(
  '$prefix is less than 2 MB, and executable for all users',
  async (build) => {
    const { size, mode } = await stat(pluginFile(build));
    expect(size).toBeLessThan(2_000_000);
    expect(mode & 0o777).toBe(0o755);
  },
);

// Both builds have the same launcher.
describe('one file, rest', () => {
  const build = builds.rest;
  const { prefix } = build;

  test.each(Object.entries(places))('runs in %s', async (_, prepare) => {
    const file = await prepare(temporaryDirectory(), prefix);
    await copyFile(pluginFile(build), file);
    await expectServes(file, prefix);
  });

  test('runs with node as interpreter', async () => {
    await expectServes(pluginFile(build), prefix, { program: process.execPath });
  });

  test.for(['dash', 'bash'])('runs with %s as sh', async (sh, context) => {
    need(context, sh);
    await expectServes(pluginFile(build), prefix, { program: sh });
  });

  test('runs with NODE_OPTIONS=--input-type=module', async () => {
    const env = { NODE_OPTIONS: '--input-type=module' };
    await expectServes(pluginFile(build), prefix, { env });
  });

  test('runs in a read-only directory', async () => {
    const directory = temporaryDirectory();
    const file = join(directory, prefix);
    await copyFile(pluginFile(build), file);
    await chmod(file, 0o555);
    await chmod(directory, 0o555);
    onTestFinished(() => chmod(directory, 0o755));
    await expectServes(file, prefix);
  });

  test.each([`${prefix}.js`, `${prefix}.mjs`, `${prefix}.json`])(
    'runs through a symbolic link named %s',
    async (name) => {
      const directory = temporaryDirectory();
      await writeFile(join(directory, 'package.json'), '{"type":"module"}');
      await symlink(pluginFile(build), join(directory, name));
      await expectServes(join(directory, name), prefix);
    },
  );
});

describe('one file, clnrest', () => {
  const build = builds.clnrest;
  const { prefix } = build;

  test('runs through a symbolic link to a path with other characters, among modules', async () => {
    const base = temporaryDirectory();
    for (const name of Object.keys(places)) await places[name]?.(base, prefix);
    const target = join(base, ' $(path) *?#%20 é☃');
    await copyFile(pluginFile(build), target);
    await symlink(target, join(base, prefix));
    await expectServes(join(base, prefix), prefix);
  });

  test('runs with node as interpreter', async () => {
    await expectServes(pluginFile(build), prefix, { program: process.execPath });
  });
});
