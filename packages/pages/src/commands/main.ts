import { startCommandFilter } from './filter.ts';

startCommandFilter();
