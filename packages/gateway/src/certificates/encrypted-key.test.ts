import { createPrivateKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { expect, test } from 'vitest';
import { prepare, remove } from '../testing/certificates.ts';

/** Encrypts a key with a passphrase, in a form that OpenSSL writes. */
function encrypt(path: string, type: 'pkcs8' | 'sec1'): void {
  const key = createPrivateKey(readFileSync(path));
  const options = { format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
  writeFileSync(path, key.export({ ...options, type }));
}

test.each(['pkcs8', 'sec1'] as const)(
  'an encrypted key (%s) is named, with the fix',
  async (type) => {
    const directory = join(temporaryDirectory(), 'certs');
    await prepare(directory);
    const path = join(directory, 'server-key.pem');
    encrypt(path, type);
    await expect(prepare(directory)).rejects.toThrow(
      `${path} is encrypted: write the key without a passphrase, with openssl pkey -in ${path} -out key.pem, and move key.pem to ${path}`,
    );
  },
);

test('an encrypted key of the authority is named where it has to sign', async () => {
  const directory = join(temporaryDirectory(), 'certs');
  await prepare(directory);
  const path = join(directory, 'ca-key.pem');
  encrypt(path, 'pkcs8');
  remove(directory, 'client.pem');
  const { log } = await prepare(directory);
  expect(log[0]).toBe(
    `unusual: the authority in ${directory} cannot sign: ${path} is encrypted: write the key without a passphrase, with openssl pkey -in ${path} -out key.pem, and move key.pem to ${path}`,
  );
});
