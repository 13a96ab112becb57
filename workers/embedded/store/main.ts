import { parseArgs } from 'node:util';
import type { StoreAccount } from './accounts';
import { startStore } from './server';

/** `--data-dir FOLDER [--port N] [--account ID=DISPLAY NAME]…`: says {"ready":true,"url":…} to its parent, or on stdout, and ends with SIGTERM, SIGINT or its parent. */
const { values } = parseArgs({
  options: { 'data-dir': { type: 'string' }, port: { type: 'string', default: '0' }, account: { type: 'string', multiple: true, default: [] } },
});
const dataDir = values['data-dir'];
const port = Number(values.port);
if (!dataDir || !Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error('Usage: --data-dir FOLDER [--port N] [--account ID=DISPLAY NAME]…');
  process.exit(2);
}

const store = await startStore({ dataDir, port, accounts: values.account.map(parseAccount) });
const ready = { ready: true, url: store.url };
if (process.send) process.send(ready);
else console.log(JSON.stringify(ready));

let ending = false;
const end = () => {
  if (ending) return;
  ending = true;
  void store.close().finally(() => process.exit(0));
};
process.on('SIGTERM', end);
process.on('SIGINT', end);
process.on('disconnect', end);

function parseAccount(text: string): StoreAccount {
  const [id = '', ...name] = text.split('=');
  return { id, displayName: name.join('=') || id };
}
