// A plugin's file has two scripts, one for each process. Only the HTTP process compiles the second script, which would
// cost the plugin process 10 MB of memory.
import { join } from 'node:path';

const BEGIN = '//@http-process';
const END = '//@end';

/** The HTTP process's script as text that is valid JavaScript behind the plugin process's, and does not run there. */
export function asSecondPart(script) {
  if (script.includes(`\n${END}`)) throw new Error('the script ends too early');
  return `void function (require) {\n${BEGIN}\n${script}\n${END}\n};\n`;
}

/**
 * Replaces the HTTP process's script by a module that reads this script from the plugin's file, which the process
 * inherits as descriptor 4.
 */
export const secondPart = {
  name: 'second-part',
  setup(build) {
    build.onResolve({ filter: /[\\/]http-process-main\.ts$/ }, ({ resolveDir, path }) => {
      return { path: join(resolveDir, path), namespace: 'second-part' };
    });
    build.onLoad({ filter: /.*/, namespace: 'second-part' }, () => ({
      contents: `
        import { readSync, fstatSync } from 'node:fs';
        import { compileFunction } from 'node:vm';
        const FILE = 4;
        const bytes = Buffer.alloc(fstatSync(FILE).size);
        readSync(FILE, bytes, 0, bytes.length, 0);
        const text = bytes.toString();
        // The last one: this very text may come before.
        const begin = text.lastIndexOf('\\n${BEGIN}\\n');
        const end = text.indexOf('\\n${END}\\n', begin);
        // In errors, a line is that of the whole file.
        const lineOffset = text.slice(0, begin).split('\\n').length;
        compileFunction(text.slice(begin, end), ['require'], {
          filename: process.argv[1],
          lineOffset: lineOffset - 1,
        })(require);`,
      loader: 'js',
    }));
  },
};
