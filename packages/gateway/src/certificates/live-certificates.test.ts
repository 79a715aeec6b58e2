import { existsSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import {
  certificate,
  contents,
  issueServerPair,
  prepare,
  remove,
} from '../testing/certificates.ts';
import { issueAuthority } from './issue.ts';
import { LiveCertificates } from './live-certificates.ts';
import { certificateNames } from './names.ts';

const DAY_MS = 86_400_000;
const fromNow = (ms: number): Date => new Date(Math.floor((Date.now() + ms) / 1_000) * 1_000);

/** A watched directory, and the certificates that were applied. */
async function live(directory = temporaryDirectory(), pollMs = 20) {
  const log: string[] = [];
  const applied: string[] = [];
  const names = { extra: [] as string[] };
  const certificates = await LiveCertificates.prepare({
    directory,
    names: () => certificateNames(['127.0.0.1'], names.extra),
    log: (level, message) => log.push(`${level}: ${message}`),
    pollMs,
  });
  certificates.watch(({ cert }) => applied.push(cert));
  onTestFinished(() => certificates.close());
  log.length = 0;
  const logged = (text: string) =>
    expect.poll(() => log.join('\n'), { timeout: 5_000 }).toContain(text);
  return { directory, certificates, log, applied, names, logged };
}

/** Another pair of the same authority. */
function replace(directory: string): void {
  issueServerPair(directory, fromNow(-DAY_MS), fromNow(300 * DAY_MS));
}

describe('a changed pair', () => {
  test('is used, and its names are logged', async () => {
    const { directory, applied, log, logged } = await live();
    replace(directory);
    await logged('info: new connections use the changed certificate');
    await logged('names cln, localhost, 127.0.0.1, ::1, and is valid until');
    expect(applied).toEqual([contents(directory)['server.pem']]);
    expect(log).toHaveLength(2);
  });

  test('is used when a file was renamed to it, or a symbolic link changed', async () => {
    const { directory, applied, logged, log } = await live();
    const other = join(directory, 'other');
    await prepare(other, '127.0.0.1', new Date());
    for (const name of ['server-key.pem', 'server.pem']) {
      renameSync(join(other, name), join(directory, name));
    }
    await logged('new connections use the changed certificate');
    log.length = 0;
    const third = join(directory, 'third');
    await prepare(third, '127.0.0.1', new Date());
    for (const name of ['server-key.pem', 'server.pem']) {
      rmSync(join(directory, name));
      symlinkSync(join(third, name), join(directory, name));
    }
    await logged('new connections use the changed certificate');
    expect(applied.at(-1)).toBe(contents(third)['server.pem']);
  });

  test.each<[string, (directory: string) => Promise<void> | void, string]>([
    [
      'with the key of another',
      async (directory) => {
        writeFileSync(join(directory, 'server-key.pem'), (await issueAuthority(new Date())).key);
      },
      'server-key.pem is not the key of',
    ],
    [
      'that is garbage',
      (directory) => writeFileSync(join(directory, 'server.pem'), 'garbage'),
      'server.pem is not a certificate in PEM',
    ],
    [
      'that is cut off',
      (directory) => {
        const whole = contents(directory)['server.pem'] ?? '';
        writeFileSync(join(directory, 'server.pem'), whole.slice(0, 300));
      },
      'server.pem is not a certificate in PEM',
    ],
    [
      'that has expired',
      (directory) => issueServerPair(directory, fromNow(-9 * DAY_MS), fromNow(-DAY_MS)),
      'it has expired: it was valid until',
    ],
    ['that was removed', (directory) => remove(directory, 'server.pem'), 'is missing or empty'],
    [
      'that was removed with the other pair',
      (directory) => remove(directory, 'server.pem', 'client.pem'),
      'is missing or empty',
    ],
    [
      'that was removed with its key',
      (directory) => remove(directory, 'server.pem', 'server-key.pem'),
      'send SIGHUP to the plugin',
    ],
    [
      'that is empty',
      (directory) => writeFileSync(join(directory, 'server.pem'), ''),
      'is missing or empty',
    ],
  ])('%s is not used, and the reason is logged once', async (_what, damage, reason) => {
    const { directory, applied, log, logged, certificates } = await live();
    const { cert } = certificates.identity;
    await damage(directory);
    await logged(reason);
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/^unusual: the changed certificate in \S+ is not used, and the old one/);
    expect(log[0]).not.toContain('PRIVATE');
    expect(certificates.identity.cert).toBe(cert);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([log.length, applied.length]).toEqual([1, 0]);
    // A later good pair is used.
    replace(directory);
    await logged('new connections use the changed certificate');
    expect(applied).toHaveLength(1);
  });

  test('that the server rejects is not used', async () => {
    const { directory, certificates, log, logged } = await live();
    certificates.watch(() => {
      throw new Error('no such curve');
    });
    const { cert } = certificates.identity;
    replace(directory);
    await logged('the old one stays: no such curve');
    expect(certificates.identity.cert).toBe(cert);
    expect(log).toHaveLength(1);
  });
});

describe('reload', () => {
  test('logs that nothing has changed', async () => {
    const { certificates, log, directory } = await live(temporaryDirectory(), 60_000);
    await certificates.reload();
    expect(log).toEqual([`info: the certificates in ${directory} have not changed`]);
  });

  test('reads changed files at once, and logs a reason again', async () => {
    const { certificates, directory, applied, log } = await live(temporaryDirectory(), 60_000);
    replace(directory);
    await certificates.reload();
    expect(applied).toHaveLength(1);
    writeFileSync(join(directory, 'server.pem'), 'garbage');
    log.length = 0;
    await certificates.reload();
    await certificates.reload();
    expect(log).toEqual([
      expect.stringContaining('is not a certificate in PEM'),
      expect.stringContaining('is not a certificate in PEM'),
    ]);
  });

  test('creates missing files, and issues a certificate with new names', async () => {
    const { certificates, directory, applied, names } = await live(temporaryDirectory(), 60_000);
    remove(directory, 'server.pem');
    await certificates.reload();
    expect(applied).toEqual([contents(directory)['server.pem']]);
    names.extra.push('node.example');
    await certificates.reload();
    expect(applied).toHaveLength(2);
    expect(certificate(directory, 'server.pem').checkHost('node.example')).toBe('node.example');
  });
});

test('a certificate is renewed 30 days before it expires, by the same authority', async () => {
  const directory = temporaryDirectory();
  await prepare(directory, '127.0.0.1', new Date());
  issueServerPair(directory, fromNow(-300 * DAY_MS), fromNow(30 * DAY_MS + 3_000));
  const before = contents(directory);
  const { applied, log, logged } = await live(directory);
  expect(contents(directory)).toEqual(before);
  await logged('new connections use the changed certificate');
  expect(log[0]).toMatch(
    /^info: server\.pem expires on .*: the same authority issues another one$/,
  );
  const after = contents(directory);
  expect(applied).toEqual([after['server.pem']]);
  expect(after['ca.pem']).toBe(before['ca.pem']);
  const ends = Date.parse(certificate(directory, 'server.pem').validTo);
  expect(ends - Date.now()).toBeGreaterThan(396 * DAY_MS);
});

test('a directory that is away when a renewal is due gets no new authority', async () => {
  const directory = temporaryDirectory();
  await prepare(directory, '127.0.0.1', new Date());
  issueServerPair(directory, fromNow(-300 * DAY_MS), fromNow(30 * DAY_MS + 2_000));
  const { certificates, log, logged } = await live(directory);
  const { cert } = certificates.identity;
  renameSync(directory, `${directory}-away`);
  onTestFinished(() => rmSync(`${directory}-away`, { recursive: true }));
  await logged('ENOENT');
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(existsSync(directory)).toBe(false);
  expect(log).toHaveLength(1);
  expect(certificates.identity.cert).toBe(cert);
});

test('nothing is read after it was closed', async () => {
  const { certificates, directory, applied, log } = await live();
  await certificates.close();
  replace(directory);
  await certificates.reload();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect([log, applied]).toEqual([[], []]);
});
