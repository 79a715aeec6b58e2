// Leaves the script of the HTTP process out of that of the plugin process.

/**
 * Replaces the HTTP process's script in the plugin process's by a module that runs the second part, for a plugin that
 * `node` runs without the launcher. The file is descriptor 4.
 */
export const secondPart = {
  name: 'second-part',
  setup(build) {
    build.onResolve({ filter: /[\\/]http-process-main\.ts$/ }, ({ path }) => {
      return { path, namespace: 'second-part' };
    });
    build.onLoad({ filter: /.*/, namespace: 'second-part' }, () => ({
      contents: `
        const { readSync } = require('node:fs');
        const { compileFunction } = require('node:vm');
        const text = Buffer.alloc(parseInt('@SECOND_BYTES@'));
        readSync(4, text, 0, text.length, parseInt('@SECOND_OFFSET@'));
        compileFunction(text.toString(), ['require'], {
          filename: process.argv[1],
          lineOffset: parseInt('@SECOND_LINES@'),
        })(require);`,
      loader: 'js',
    }));
  },
};
