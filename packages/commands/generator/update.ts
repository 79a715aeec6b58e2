import { execFileSync } from 'node:child_process';
import { applyCorrections } from './corrections.ts';
import { descriptions } from './descriptions.ts';
import { FACT_FOLDERS, factFiles } from './fact-files.ts';
import { readCorrections, readFacts } from './facts.ts';
import { formatFiles, writeFiles } from './files.ts';
import { changesBetween, missingTexts } from './report.ts';
import { readSchemaFolder } from './schema-folder.ts';

const [folder, version] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: npm run update:commands -- /path/to/lightning/doc/schemas [version]');
  process.exit(2);
}
const before = readFacts();
const after = readSchemaFolder(folder, version ?? versionOf(folder));
writeFiles(await formatFiles(factFiles(after)), FACT_FOLDERS);
for (const line of changesBetween(before, after)) console.log(line);
for (const line of missingTexts(applyCorrections(after, readCorrections()), descriptions)) {
  console.log(line);
}
console.log(
  `The facts are those of lightningd ${after.version}: ${Object.keys(after.commands).length} commands.`,
);
console.log(
  'Next: add the missing texts, run "npm run generate:commands", and test with a real node.',
);

/** Returns the version of the checkout that has this folder. */
function versionOf(directory: string): string {
  const git = ['-C', directory, 'describe', '--tags', '--always'];
  return execFileSync('git', git, { encoding: 'utf8' }).trim();
}
