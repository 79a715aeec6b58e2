import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** The tests that `npm test` leaves out because they need long. */
export default mergeConfig(
  { ...base, test: { ...base.test, projects: undefined } },
  defineConfig({
    test: {
      include: ['packages/*/src', 'test'].map((folder) => `${folder}/**/*.long.{browser.,}test.ts`),
      testTimeout: 120_000,
      hookTimeout: 120_000,
      isolate: false,
      // Most of them load both cores on purpose.
      maxWorkers: 2,
    },
  }),
);
