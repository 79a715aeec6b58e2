import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** Prints the skipped tests with their reasons and one line of counts, after all other output. */
// oxlint-disable-next-line import/no-default-export -- vitest loads a reporter by its default export
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let passed = 0;
    let failed = 0;
    const skipped: string[] = [];
    for (const module of modules) {
      // An error outside of the tests, in loading a file or in a hook, also counts as a failure.
      for (const part of [module, ...module.children.allSuites()]) {
        if (part.errors().length > 0) failed++;
      }
      for (const test of module.children.allTests()) {
        switch (test.result().state) {
          case 'passed':
            passed++;
            break;
          case 'failed':
            failed++;
            break;
          default:
            skipped.push(`  ${test.fullName}: ${reasonOf(test)}`);
        }
      }
    }
    const lines = ['', ...(skipped.length > 0 ? ['Skipped:', ...skipped] : [])];
    lines.push(`${passed} passed, ${failed} failed, ${skipped.length} skipped`, '');
    process.stdout.write(lines.join('\n'));
  }
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  return (result.state === 'skipped' && result.note) || 'no reason given';
}
