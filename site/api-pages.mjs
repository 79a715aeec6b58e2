// Writes a page for each module of the libraries, from their comments.
import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { Application, PageEvent } from 'typedoc';

/** Thousands of generated types and schemas, one file for each command. The README of the package explains their names. */
const GENERATED = ['packages/commands/src/types/*/*.ts', 'packages/commands/src/schemas/*.ts'];
const GENERATED_ENTRIES = new Set(['@clnrest/commands/schemas', '@clnrest/commands/schemas/*']);

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
    exclude: GENERATED.map((pattern) => join(root, pattern)),
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
  app.renderer.on(PageEvent.END, (page) => {
    page.contents = withExistingAnchors(page.contents);
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('TypeDoc cannot read the sources');
  project.name = 'API of the libraries';
  for (const module of project.children) module.name = specifierOf(module.name, modules);
  await app.generateOutputs(project);
}

/**
 * TypeDoc numbers the anchors of members that have no heading. `SandboxError.code` and `SandboxErrorCode` have one anchor there, so
 * links to the second one get the anchor `#sandboxerrorcode-1`, which does not exist on the page.
 */
function withExistingAnchors(text) {
  const headings = Array.from(text.matchAll(/^#+ (?<name>\w+)/gm), ({ groups }) =>
    groups.name.toLowerCase(),
  );
  return text.replace(/\]\(#(?<name>\w+)-(?<number>\d+)\)/g, (link, name, number) => {
    const same = headings.filter((heading) => heading === name);
    return same.length > 0 && same.length <= Number(number) ? `](#${name})` : link;
  });
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
    if (isPrivate === true) continue;
    for (const [entry, target] of Object.entries(exports)) {
      const specifier = posix.join(name, entry);
      // An entry without types is not published.
      if (typeof target === 'string' || target.types === undefined) continue;
      if (GENERATED_ENTRIES.has(specifier)) continue;
      const source = join(root, 'packages', folder, target['@clnrest/source']);
      modules.push({ specifier, source });
    }
  }
  return modules;
}
