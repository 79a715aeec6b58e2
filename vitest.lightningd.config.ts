import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** The end-to-end tests over a real lightningd, and those that only it can show. */
export default mergeConfig(
  { ...base, test: { ...base.test, projects: undefined } },
  defineConfig({
    test: {
      include: [
        'rest',
        'notifications',
        'clients',
        'commando',
        'pages',
        'doctor',
        'single-file',
        'drop-in',
        'examples',
        'lightningd',
      ].map((folder) => `test/${folder}/**/*.test.ts`),
      env: { CLNREST_TEST_NODE: 'lightningd' },
      testTimeout: 120_000,
      hookTimeout: 120_000,
    },
  }),
);
