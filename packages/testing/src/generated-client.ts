import { execFile } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import openapiTS, { astToString } from 'openapi-typescript';
import { temporaryDirectory } from './temporary-directory.ts';

const execute = promisify(execFile);
const MODULES = new URL('../../../node_modules', import.meta.url).pathname;

/** A program that uses a client generated from an OpenAPI document. */
export class GeneratedClient {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Generates the types of a document as `api.ts`, and writes a program that can import the types and
   * `openapi-fetch`.
   */
  static async write(document: object, program: string): Promise<GeneratedClient> {
    const directory = temporaryDirectory();
    const types = astToString(await openapiTS(JSON.stringify(document)));
    const options = {
      target: 'ES2022',
      module: 'nodenext',
      strict: true,
      types: [],
      outDir: 'out',
    };
    const compilerOptions = { ...options, lib: ['ES2023', 'DOM'], skipLibCheck: true };
    const files: Readonly<Record<string, string>> = {
      'package.json': '{ "type": "module" }',
      'tsconfig.json': JSON.stringify({ compilerOptions, files: ['api.ts', 'program.ts'] }),
      'api.ts': types,
      'program.ts': program,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    symlinkSync(MODULES, join(directory, 'node_modules'));
    return new GeneratedClient(directory);
  }

  /** Compiles the types and the program. Returns the compiler's errors. */
  async compile(): Promise<string> {
    try {
      await this.#node(join(MODULES, 'typescript/bin/tsc'), '--project', this.#directory);
      return '';
    } catch (error) {
      const { stdout } = error as { readonly stdout?: string };
      if (stdout === undefined) throw error;
      return stdout;
    }
  }

  /** Runs the compiled program. Returns its output. */
  run(...args: readonly string[]): Promise<string> {
    return this.#node(join(this.#directory, 'out/program.js'), ...args);
  }

  async #node(...args: readonly string[]): Promise<string> {
    const { stdout } = await execute(process.execPath, args, { cwd: this.#directory });
    return stdout;
  }
}
