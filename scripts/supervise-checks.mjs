// What `npm start` promises about its processes, tried on a console that runs.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const GONE_MS = 12_000;
const QUICK_MS = 20_000;

/** `start` and `startBeside` start another one on the same data. Ends with nothing running. */
export async function superviseChecks({ running, url, dataDir, start, startBeside }) {
  const totals = { passed: 0, failed: 0 };
  const check = (sentence, holds) => {
    totals[holds ? 'passed' : 'failed'] += 1;
    console.log(`${holds ? '✓' : '✗'} ${sentence}`);
  };
  const ports = [Number(new URL(url).port), ...Object.values(JSON.parse(fs.readFileSync(path.join(dataDir, 'ports.json'), 'utf8')))];
  const database = Number(fs.readFileSync(path.join(fs.realpathSync(clusterOf(dataDir)), 'postmaster.pid'), 'utf8').split('\n')[3]);

  const beside = await startBeside();
  check('a second start on the same data says so and ends with 1', beside.code === 1 && beside.output.includes('already runs') && beside.output.includes(url));
  check('and harms nothing', await isHealthy(url));

  check('the supervisor can be killed', (await running.end('SIGKILL')) === 'SIGKILL');
  check('then its processes end by themselves', await within(GONE_MS, async () => (await anyOpen(ports)) === false));
  const startedAt = performance.now();
  const again = await start();
  const took = performance.now() - startedAt;
  check(`the next start takes over what is left, with the data, quickly (${(took / 1000).toFixed(1)} s)`, again !== undefined && took < QUICK_MS && (await isHealthy(url)));
  if (!again) return totals;
  check('it ends with 0 when told to', (await again.end('SIGTERM')) === 0);
  check('and leaves nothing running', (await anyOpen([...ports, database])) === false);
  check('and no lock', !fs.existsSync(path.join(dataDir, 'imprint.lock')));
  return totals;
}

/** Below a closed folder the cluster is elsewhere, and a link says where. */
function clusterOf(dataDir) {
  const elsewhere = path.join(dataDir, 'postgres', 'elsewhere');
  return path.join(fs.existsSync(elsewhere) ? elsewhere : path.join(dataDir, 'postgres'), 'cluster');
}

async function isHealthy(url) {
  const response = await fetch(`${url}/healthz`).catch(() => undefined);
  return response?.status === 200;
}

async function anyOpen(ports) {
  return (await Promise.all(ports.map(isOpen))).includes(true);
}

function isOpen(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function within(ms, holds) {
  for (const end = Date.now() + ms; Date.now() < end; await wait(100)) if (await holds()) return true;
  return false;
}
