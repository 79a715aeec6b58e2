// Writes a page for each module of the libraries, from their comments.
import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { Application } from 'typedoc';

/** Thousands of generated types: their page is the README of the package, and the reference of commands. */
const GENERATED = new Set(['commands']);

/** Writes the pages to a folder. */
export async function writeApiPages(root, folder) {
  const modules = await exportedModules(root);
  const app = await Application.bootstrapWithPlugins({
    entryPoints: modules.map(({ source }) => source),
    tsconfig: join(root, 'tsconfig.json'),
    plugin: ['typedoc-plugin-markdown'],
    // TypeDoc needs an older compiler than the one that checks the sources.
    skipErrorChecking: true,
    basePath: join(root, 'packages'),
    readme: 'none',
    disableSources: true,
    excludePrivate: true,
    excludeInternal: true,
    outputs: [{ name: 'markdown', path: folder }],
    outputFileStrategy: 'modules',
    entryFileName: 'index',
    hideBreadcrumbs: true,
    hidePageHeader: true,
    useCodeBlocks: true,
    logLevel: 'Error',
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('TypeDoc cannot read the sources');
  project.name = 'API of the libraries';
  for (const module of project.children) module.name = specifierOf(module.name, modules);
  await app.generateOutputs(project);
}

/** TypeDoc names a module by its path, such as `json/src/tokens`. Users import `@clnrest/json/tokens`. */
function specifierOf(name, modules) {
  const found = modules.find(({ source }) =>
    source.replace(/(?:\/index)?\.ts$/, '').endsWith(`/${name}`),
  );
  if (found === undefined) throw new Error(`TypeDoc documents ${name}, which no package exports`);
  return found.specifier;
}

/** What the published packages export, and the source of each. */
async function exportedModules(root) {
  const modules = [];
  for (const folder of (await readdir(join(root, 'packages'))).toSorted()) {
    const path = join(root, 'packages', folder, 'package.json');
    const { name, private: isPrivate, exports } = JSON.parse(await readFile(path, 'utf8'));
    if (isPrivate === true || GENERATED.has(folder)) continue;
    for (const [entry, target] of Object.entries(exports)) {
      if (typeof target === 'string') continue;
      const source = join(root, 'packages', folder, target['@clnrest/source']);
      modules.push({ specifier: posix.join(name, entry), source });
    }
  }
  return modules;
}
