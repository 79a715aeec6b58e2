// A plugin is one file: what it needs is in it, and what is not in it is not looked for.
import { isBuiltin } from 'node:module';

/**
 * What dependencies bring along and the plugin has no use for, each in place of it an empty object:
 * - a table of all kinds of content, 137 kB; engine.io asks which compression a caller takes, and no more;
 * - how many colours a terminal has, which debug looks for beside the program.
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

/** What a plugin loads while it runs must be Node's own: it has nothing beside it, and must trust nothing there. */
export function refuseOtherFiles({ outputs }) {
  for (const { imports } of Object.values(outputs)) {
    for (const { path } of imports) {
      if (!isBuiltin(path)) throw new Error(`${path} is not in the bundle`);
    }
  }
}
