// `npm test`: sets up what is missing, then every check there is. The last line sums up: `N passed, N failed`.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { ROOT, SetupError, checkNode, installPackages, installTools, run, stopRunning, testTools } from './setup.mjs';
import { giveToken } from './test-token.mjs';
import { superviseChecks } from './supervise-checks.mjs';

process.chdir(ROOT);
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'imprint-tests-'));
// The account that PostgreSQL runs as, when we are root, has to pass through.
fs.chmodSync(work, 0o711);
const totals = { passed: 0, failed: 0 };
const children = new Set();
let stopping = false;

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    stopping = true;
    stopRunning();
    for (const child of children) child.kill('SIGTERM');
  });
}

try {
  checkNode();
  await installTools(testTools());
  await installPackages();

  await check('route types', [bin('next/dist/bin/next'), 'typegen']);
  // A processor each.
  await Promise.all([check('types', [bin('typescript/bin/tsc'), '--noEmit']), check('lint', [bin('eslint/bin/eslint.js'), '.', '--max-warnings=0'])]);
  await vitest('unit');
  await vitest('db');
  await vitest('worker');
  await console_();
  await vitest('boot');
} catch (error) {
  console.error(error instanceof SetupError ? `\n${error.message}\n` : error);
  totals.failed += 1;
} finally {
  // A console that a failing step left behind.
  await Promise.all([...children].map((child) => new Promise((resolve) => child.once('exit', resolve) && child.kill('SIGTERM'))));
  fs.rmSync(work, { recursive: true, force: true });
}
if (stopping) console.error('Stopped before the end.');
console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed > 0 || stopping ? 1 : 0);

function bin(name) {
  return path.join('node_modules', name);
}

/** A step that passes or fails as one. */
async function check(name, args) {
  await step(name, async () => {
    const code = await node(args);
    return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  });
}

async function vitest(project) {
  await step(project, async () => {
    const report = path.join(work, `${project}.json`);
    const code = await node([bin('vitest/vitest.mjs'), 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]);
    const { numPassedTests: passed = 0, numFailedTests = 0, testResults = [] } = readReport(report);
    // A file that could not even be read has no tests to count.
    const unread = testResults.filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed')).length;
    return { passed, failed: counted(numFailedTests + unread, code) };
  });
}

/** A console of its own: fresh data, free port. The browser tests use it, then it is stopped, killed and started again. */
async function console_() {
  const port = await freePort();
  const dataDir = path.join(work, 'data');
  const url = `http://localhost:${port}`;
  const variables = environment({ PORT: String(port), IMPRINT_DATA: dataDir });
  shareDemoSnaps(dataDir);
  let running;
  await step('start', async () => {
    await giveToken(dataDir);
    running = await startConsole(variables);
    return running ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  });
  if (!running) return;
  await step('browser', () => browser(url, dataDir));
  await step('supervisor', () => superviseChecks({ running, url, dataDir, start: () => startConsole(variables), startBeside: () => run([process.execPath, 'scripts/start.mjs'], { env: variables, quiet: true }) }));
}

async function browser(url, dataDir) {
  const report = path.join(work, 'browser.json');
  const code = await node([bin('@playwright/test/cli.js'), 'test', '--project=newcomer', '--project=console', '--reporter=list,json'], { IMPRINT_URL: url, IMPRINT_TEST_DATA: dataDir, PLAYWRIGHT_JSON_OUTPUT_NAME: report });
  const { stats = {}, errors = [] } = readReport(report);
  return { passed: stats.expected ?? 0, failed: counted((stats.unexpected ?? 0) + (stats.flaky ?? 0) + errors.length, code) };
}

/** Whatever the report says, a tool that failed has failed. */
function counted(failed, code) {
  return code !== 0 && failed === 0 ? 1 : failed;
}

async function step(name, work) {
  if (stopping) return;
  console.log(`\n== ${name}`);
  const startedAt = performance.now();
  const { passed, failed } = await work();
  totals.passed += passed;
  totals.failed += failed;
  console.log(`== ${name}: ${passed} passed, ${failed} failed, ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

function readReport(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
}

/** Without what the caller has configured for a console of their own. */
function environment(more = {}) {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:IMPRINT_|OIDC_|STORE_|NEXTAUTH_|DATABASE_URL$|PORT$|HOST$|NODE_ENV$)/.test(name));
  return { ...Object.fromEntries(own), NEXT_TELEMETRY_DISABLED: '1', ...more };
}

function node(args, more) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'], env: environment(more) });
    children.add(child);
    child.on('close', (code) => {
      children.delete(child);
      resolve(code ?? 1);
    });
  });
}

/** `npm start`'s own script; undefined when it does not come up, after it has said why. */
async function startConsole(variables) {
  const child = spawn(process.execPath, ['scripts/start.mjs'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: variables });
  children.add(child);
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  void ended.then(() => children.delete(child));
  const ready = new Promise((resolve) => child.once('message', () => resolve('ready')));
  if ((await Promise.race([ready, ended])) !== 'ready') return undefined;
  return {
    /** How it ended: an exit code, or the signal. */
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

/** The demo snaps take half a minute to make: the worker tests and this console use the same ones. */
function shareDemoSnaps(dataDir) {
  const cache = path.join(ROOT, 'node_modules', '.cache', 'imprint', 'demo-snaps');
  fs.mkdirSync(cache, { recursive: true });
  fs.mkdirSync(dataDir, { recursive: true });
  fs.symlinkSync(cache, path.join(dataDir, 'demo-snaps'));
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
