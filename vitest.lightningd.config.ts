import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** The end-to-end tests over a real lightningd, and what only one can tell. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({
    test: {
<<<<<<< HEAD
      include: ['rest', 'notifications', 'clients', 'pages', 'doctor', 'lightningd'].map(
=======
      include: ['rest', 'notifications', 'single-file', 'drop-in', 'doctor', 'lightningd'].map(
>>>>>>> a5e6778 (Start the plugin by a launcher in its own file, which finds Node, or says in the log why none will do)
        (folder) => `test/${folder}/**/*.test.ts`,
      ),
      env: { CLNREST_TEST_NODE: 'lightningd' },
      testTimeout: 120_000,
      hookTimeout: 120_000,
    },
  }),
);
