// The program that `startSandbox` runs: dist/program/main.js.
import { runProgram } from './program.ts';

await runProgram();
