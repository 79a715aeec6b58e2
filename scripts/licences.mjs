// The licences of the packages inside a bundle, as their authors ask.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';

/**
 * The licences of the packages that files are from, as a comment of JavaScript in ASCII.
 *
 * @param root the repository
 * @param files what is in the bundle, by paths from there
 */
export async function licences(root, files) {
  const texts = [];
  for (const [name, { directory, own }] of [...packagesOf(files)].toSorted()) {
    const at = (file) => join(root, directory, file);
    const licence = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'license'].find((file) =>
      existsSync(at(file)),
    );
    const manifest = JSON.parse(await readFile(at('package.json'), 'utf8'));
    // Some bring further words: Apache's NOTICE, and those of what is inside a bundle of theirs.
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

/** The packages by their names: where they are, and which of their files are meant. */
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

/** A single other character in a program, and Node holds all of it in two bytes a character. */
function ascii(text) {
  return text
    .replaceAll(/[“”]/g, '"')
    .replaceAll(/[‘’]/g, "'")
    .replaceAll('©', '(c)')
    .replaceAll(/[^\t-~]/gu, (other) => `\\u{${other.codePointAt(0).toString(16)}}`);
}
