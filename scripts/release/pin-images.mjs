// Pins the images of Dockerfile and compose.yaml to the bytes that their tags name now: node scripts/release/pin-images.mjs
// Docker asks the registries, so this needs a network. scripts/release/ready.mjs refuses a release with images that are not pinned.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { root } from './published-packages.mjs';

const run = promisify(execFile);

export const IMAGE_FILES = ['Dockerfile', 'compose.yaml'];

/** An argument of the Dockerfile, or a service of the compose file. */
const IMAGE = /^(ARG \w+_IMAGE=|\s+image: )(\S+)$/gm;
const DIGEST = /^sha256:[\da-f]{64}$/;

/** Returns the images of a file that name no digest. */
export function unpinnedImages(text) {
  return Array.from(text.matchAll(IMAGE), ([, , image]) => image).filter(
    (image) => !DIGEST.test(image.split('@')[1] ?? ''),
  );
}

/**
 * Returns a file whose images name their tag and its digest.
 *
 * @param digestOf returns the digest of an image, such as `sha256:…`
 * @throws {Error} if it returns something else
 */
export async function pinImages(text, digestOf) {
  const digests = new Map();
  for (const [, , image] of text.matchAll(IMAGE)) {
    const [tag] = image.split('@');
    const digest = await digestOf(tag);
    if (!DIGEST.test(digest)) throw new Error(`the digest of ${tag} is "${digest}"`);
    digests.set(image, `${tag}@${digest}`);
  }
  return text.replaceAll(IMAGE, (_, start, image) => start + digests.get(image));
}

/** The digest of the index of all platforms, so that the pin is valid for each of them. */
async function askDocker(image) {
  const options = ['buildx', 'imagetools', 'inspect', image, '--format', '{{.Manifest.Digest}}'];
  const { stdout } = await run('docker', options);
  return stdout.trim();
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  for (const name of IMAGE_FILES) {
    const path = join(root, name);
    await writeFile(path, await pinImages(await readFile(path, 'utf8'), askDocker));
    console.log(`Pinned the images of ${name}.`);
  }
}
