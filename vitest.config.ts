import { defineConfig } from 'vitest/config';

/** Tests that open a browser, each file one of its own. */
const BROWSERS = [
  'packages/gateway/src/pages/**/*.test.ts',
  'packages/client/src/browser.test.ts',
  'test/pages/**/*.test.ts',
  'test/clients/our-client.test.ts',
  'test/clients/stacker-news.test.ts',
  'test/notifications/seed-clients.test.ts',
  'test/events-restart.test.ts',
];

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    reporters: ['default', './test/support/summary-reporter.ts'],
    // Many tests wait for browsers and nodes: by default a core would be idle.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'units',
          include: ['packages/*/src/**/*.test.ts'],
          exclude: BROWSERS,
          // They leave nothing behind: one process for many files saves a third of the time.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'end to end',
          include: BROWSERS,
        },
      },
      {
        extends: true,
        test: {
          name: 'nodes',
          include: ['test/**/*.test.ts'],
          exclude: ['test/lightningd/**', ...BROWSERS],
          // They use what they test by processes, and leave nothing behind.
          isolate: false,
        },
      },
    ],
  },
});
