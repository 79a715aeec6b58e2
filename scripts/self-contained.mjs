// Keeps a plugin in one file that does not load other files.
import { isBuiltin } from 'node:module';

/**
 * Replaces unused dependencies with empty objects:
 * - mime-db, a table of media types of 137 kB: engine.io only negotiates the compression;
 * - supports-color, the number of colours of a terminal, which debug searches for next to the program.
 */
export const leaveOut = {
  name: 'leave-out',
  setup(build) {
    build.onResolve({ filter: /^(?:mime-db|supports-color)$/ }, ({ path }) => {
      return { path, namespace: 'left-out' };
    });
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({
      contents: '{}',
      loader: 'json',
    }));
  },
};

/** Throws unless all runtime imports are Node's built-in modules: a plugin must not trust files next to it. */
export function refuseOtherFiles({ outputs }) {
  for (const { imports } of Object.values(outputs)) {
    for (const { path } of imports) {
      if (!isBuiltin(path)) throw new Error(`${path} is not in the bundle`);
    }
  }
}
