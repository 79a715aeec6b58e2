import { execFileSync } from 'node:child_process';
import { factFiles, FACT_FOLDERS } from './fact-files.ts';
import { formatFiles, writeFiles } from './files.ts';
import { readSchemaFolder } from './schema-folder.ts';

const [folder, version] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: npm run update:commands -- /path/to/lightning/doc/schemas [version]');
  process.exit(2);
}
const after = readSchemaFolder(folder, version ?? versionOf(folder));
writeFiles(await formatFiles(factFiles(after)), FACT_FOLDERS);

function versionOf(folder: string): string {
  return execFileSync('git', ['-C', folder, 'describe', '--tags', '--always'], {
    encoding: 'utf8',
  }).trim();
}
