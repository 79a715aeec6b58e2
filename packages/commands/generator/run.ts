import { readCorrectedFacts } from './facts.ts';
import { formatFiles, staleFiles, writeFiles } from './files.ts';
import { GENERATED_FOLDERS, generatedFiles } from './modules.ts';
import { descriptions } from './descriptions.ts';

const files = await formatFiles(generatedFiles(readCorrectedFacts(), descriptions));
if (process.argv.includes('--check')) {
  const stale = staleFiles(files, GENERATED_FOLDERS);
  for (const path of stale) console.log(`packages/commands/${path} is not current`);
  if (stale.length > 0) console.log('run "npm run generate:commands", then commit the changes');
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  writeFiles(files, GENERATED_FOLDERS);
  console.log(`packages/commands: ${files.size} generated files are current`);
}
