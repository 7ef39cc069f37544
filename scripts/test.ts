/** `make test`: every check and every test, and a last line that counts them: `N passed, N failed`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The fields we read of vitest's JSON report, which follows Jest's. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/** The scripts of package.json that check the code. */
const CHECKS = { 'format and lint': 'lint', types: 'typecheck', layers: 'layers', 'unused code': 'unused' };

const say = (title: string): void => console.log(styleText(['bold', 'cyan'], `\n━━ ${title}`));

const run = (command: readonly string[]): boolean => {
  const [program = '', ...args] = command;
  return spawnSync(program, args, { stdio: 'inherit' }).status === 0;
};

/** A file that could not even be loaded has no tests to count: it counts as one that failed. */
const countsOf = (report: Report): Counts => ({
  passed: report.numPassedTests,
  failed:
    report.numFailedTests +
    report.testResults.filter(file => file.status === 'failed' && file.assertionResults.length === 0).length,
  skipped: report.numPendingTests + report.numTodoTests,
});

const runTests = (args: readonly string[]): Counts => {
  const folder = mkdtempSync(join(tmpdir(), 'test-report-'));
  const file = join(folder, 'report.json');
  try {
    const ended = run([
      'npx',
      'vitest',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...args,
    ]);
    const counts = countsOf(JSON.parse(readFileSync(file, 'utf8')) as Report);
    // An error outside of any test fails the run without failing a test.
    return ended || counts.failed > 0 ? counts : { ...counts, failed: 1 };
  } catch (error) {
    console.error(`no report of the tests: ${error instanceof Error ? error.message : error}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const [title, script] of Object.entries(CHECKS)) {
  say(title);
  if (run(['npm', 'run', '-s', script])) total.passed += 1;
  else total.failed += 1;
}
say('tests');
const tests = runTests(process.argv.slice(2));
total.passed += tests.passed;
total.failed += tests.failed;
total.skipped += tests.skipped;

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 ? 1 : 0;
