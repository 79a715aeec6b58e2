// A plugin's file has two scripts, one for each process. The launcher compiles only the one that it runs: the HTTP
// process's script would cost the plugin process 10 MB of memory, and each start some 30 ms.

const BEGIN = 'void function (require) {\n';
const END = '\n};\n';

/** The HTTP process's script as text that is valid JavaScript behind the plugin process's, and does not run there. */
export function asSecondPart(script) {
  return BEGIN + script + END;
}

/** Where the HTTP process's script is in a file that begins with this text and continues with the second part. */
export function placeOfSecondPart(firstPart, script) {
  const before = firstPart + BEGIN;
  return {
    offset: Buffer.byteLength(before),
    bytes: Buffer.byteLength(script),
    // In errors, a line is that of the whole file.
    lines: before.split('\n').length - 1,
  };
}

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
        const text = Buffer.alloc(parseInt('@HTTP_BYTES@'));
        readSync(4, text, 0, text.length, parseInt('@HTTP_OFFSET@'));
        compileFunction(text.toString(), ['require'], {
          filename: process.argv[1],
          lineOffset: parseInt('@HTTP_LINES@'),
        })(require);`,
      loader: 'js',
    }));
  },
};
