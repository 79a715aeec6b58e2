import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Returns what a project can import: each entry of `exports`, with one file for each pattern. */
export async function exportedModules(project, packed) {
  const modules = [];
  for (const { name, files } of packed) {
    const path = join(project, 'node_modules', name, 'package.json');
    const { exports } = JSON.parse(await readFile(path, 'utf8'));
    for (const [entry, target] of Object.entries(exports)) {
      if (typeof target === 'string') continue;
      modules.push(join(name, fillPattern(entry, target.default.slice(2), files)));
    }
  }
  return modules;
}

function fillPattern(entry, target, files) {
  if (!entry.includes('*')) return entry;
  const [start, end] = target.split('*');
  const file = files.find((path) => path.startsWith(start) && path.endsWith(end));
  if (file === undefined) throw new Error(`no file matches ${target}`);
  return entry.replace('*', file.slice(start.length, -end.length));
}
