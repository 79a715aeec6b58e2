// A plugin's file has two scripts: the plugin side, and the HTTP side, which only the process compiles that
// serves HTTP. To compile both costs 10 MB of memory in the process that needs only the first.
import { join } from 'node:path';

const BEGIN = '//@http-side';
const END = '//@end';

/** The HTTP side's script as text that is valid JavaScript behind the plugin side's, and does not run there. */
export function asSecondPart(script) {
  if (script.includes(`\n${END}`)) throw new Error('the script ends too early');
  return `void function (require) {\n${BEGIN}\n${script}\n${END}\n};\n`;
}

/**
 * Puts in the place of the HTTP side a module that reads it from the plugin's own file: the plugin side
 * starts the HTTP side with that file as descriptor 4.
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
