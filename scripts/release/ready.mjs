// Checks whether a version can be published: node scripts/release/ready.mjs v0.1.0
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IMAGE_FILES, unpinnedImages } from './pin-images.mjs';
import { publicAddress, requirePublicAddress } from './public-address.mjs';
import { publishedPackages, root } from './published-packages.mjs';
import { channelProblem, REPORT_LINK } from './report-channel.mjs';

/** Throws an error that names all reasons against the publication of a tag, such as `v0.1.0`. */
export async function requireReady(tag, address = publicAddress()) {
  const read = (name) => readFile(join(root, name), 'utf8');
  const problems = releaseProblems({
    tag,
    address,
    packages: (await publishedPackages()).map(({ manifest }) => manifest),
    changelog: await read('CHANGELOG.md'),
    security: await read('SECURITY.md'),
    imageFiles: await Promise.all(IMAGE_FILES.map(read)),
  });
  if (address !== undefined) {
    const problem = await channelProblem();
    if (problem !== undefined) problems.push(problem);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** Returns the reasons against a publication. */
export function releaseProblems({ tag, address, packages, changelog, security, imageFiles }) {
  const version = tag.replace(/^v/, '');
  const others = packages.filter((manifest) => manifest.version !== version);
  const heading = new RegExp(`^## ${version.replaceAll('.', '\\.')} - \\d{4}-\\d{2}-\\d{2}$`, 'm');
  return [
    ...addressProblems(address, security),
    ...others.map(({ name, version: its }) => `${name} has version ${its}, but the tag is ${tag}`),
    ...(heading.test(changelog) ? [] : [`CHANGELOG.md has no heading with ${version} and a date`]),
    ...imageFiles
      .flatMap(unpinnedImages)
      .map((image) => `${image} has no digest: run node scripts/release/pin-images.mjs`),
  ];
}

function addressProblems(address, security) {
  const problems = security.includes(`](${REPORT_LINK})`)
    ? []
    : [`SECURITY.md has no link to ${REPORT_LINK}`];
  try {
    requirePublicAddress(address);
  } catch (error) {
    problems.unshift(error.message);
  }
  return problems;
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) {
  const [tag] = process.argv.slice(2);
  if (tag === undefined) throw new Error('usage: node scripts/release/ready.mjs TAG');
  await requireReady(tag).catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
