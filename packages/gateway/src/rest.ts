import { builds, runGateway } from './index.ts';

void runGateway(builds.rest);
