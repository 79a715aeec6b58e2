// Collects the licences of the packages in a bundle, as the licences require.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';

/**
 * Returns the licences of the packages of these files, as a JavaScript comment in ASCII.
 *
 * @param root the repository
 * @param files the files in the bundle, as paths from the repository
 */
export async function licences(root, files) {
  const texts = [];
  for (const [name, { directory, own }] of [...packagesOf(files)].toSorted()) {
    const at = (file) => join(root, directory, file);
    const licence = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'license'].find((file) =>
      existsSync(at(file)),
    );
    const manifest = JSON.parse(await readFile(at('package.json'), 'utf8'));
    // Some packages have more texts: Apache's NOTICE, and the licences of their own bundles.
    const others = ['NOTICE', ...own.map((file) => `${file}.LICENSE.txt`)].filter((file) =>
      existsSync(at(file)),
    );
    const parts = licence === undefined ? [`Licence: ${manifest.license}`] : [];
    for (const file of licence === undefined ? others : [licence, ...others]) {
      parts.push((await readFile(at(file), 'utf8')).trim());
    }
    texts.push([`${name} ${manifest.version}`, ...parts].join('\n\n'));
  }
  return texts.length === 0
    ? ''
    : `\n/*\n${ascii(texts.join('\n\n---\n\n')).replaceAll('*/', '* /')}\n*/\n`;
}

/** Returns the packages by name: their directories and their files in the bundle. */
function packagesOf(files) {
  const packages = new Map();
  for (const file of files) {
    const parts = file.split(/[\\/]/);
    const at = parts.lastIndexOf('node_modules');
    if (at < 0) continue;
    const end = at + (parts[at + 1].startsWith('@') ? 3 : 2);
    const name = parts.slice(at + 1, end).join('/');
    const { own = [] } = packages.get(name) ?? {};
    packages.set(name, {
      directory: parts.slice(0, end).join(sep),
      own: [...own, parts.slice(end).join(sep)],
    });
  }
  return packages;
}

/** Escapes other characters: a single one makes Node store the whole program in two bytes per character. */
function ascii(text) {
  return text
    .replaceAll(/[“”]/g, '"')
    .replaceAll(/[‘’]/g, "'")
    .replaceAll('©', '(c)')
    .replaceAll(/[^\t-~]/gu, (other) => `\\u{${other.codePointAt(0).toString(16)}}`);
}
