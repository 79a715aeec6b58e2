import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests that open a browser. */
const BROWSER = '**/*.browser.test.ts';
/** Tests that need long: bursts, kills, sizes, whole pages and documents. `npm run test:long` runs them. */
const LONG = '**/*.long.{browser.,}test.ts';

export default defineConfig({
  resolve: { conditions: ['@clnrest/source'] },
  ssr: { resolve: { conditions: ['@clnrest/source'] } },
  test: {
    reporters: ['default', './test/support/summary-reporter.ts'],
    // Many tests wait for browsers, nodes and timers: with one worker for each core, cores are idle for two fifths of the time.
    maxWorkers: 2 * availableParallelism(),
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // On a busy machine, a process can need seconds for its next step.
    expect: { poll: { timeout: 20_000 } },
    // Where it is set, each Node process that a test starts would read all authorities first, for some 0.1 s.
    env: { NODE_EXTRA_CA_CERTS: '' },
    projects: [
      {
        extends: true,
        test: {
          name: 'units',
          include: ['packages/*/{src,generator}/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: [BROWSER, LONG],
          // They leave nothing behind: one process for many files saves a third of the time.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'in a browser',
          include: ['packages/*/src', 'test'].map((folder) => `${folder}/${BROWSER}`),
          exclude: [LONG],
          // The files of a process share its browser.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'nodes',
          include: ['test/**/*.test.ts'],
          exclude: ['test/lightningd/**', BROWSER, LONG],
          // They use what they test by processes, and leave nothing behind.
          isolate: false,
        },
      },
    ],
  },
});
