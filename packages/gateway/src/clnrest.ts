import { builds } from './builds.ts';
import { runGateway } from './run-gateway.ts';

// Not from the index, which would load what serves HTTP into the process that must stay small.
void runGateway(builds.clnrest);
