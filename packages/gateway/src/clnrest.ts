import { builds } from './builds.ts';
import { runPlugin } from './run-plugin.ts';

// Not from the index, which would load what serves HTTP into the process that must stay small.
void runPlugin(builds.clnrest);
