// Node builtins only: runs before the packages are there.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/**
 * Takes the lock `file` for this process, or says who holds it. A lock whose process is gone is taken over.
 * `holder` is `{ pid, startedAt, url }`; `release` removes the lock if it is still ours.
 */
export function takeLock(file, url) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, startedAt: startOf(process.pid), url });
  const whole = `${file}.${randomUUID()}`;
  fs.writeFileSync(whole, mine, { flag: 'wx' });
  try {
    for (;;) {
      if (tryLink(whole, file)) return { release: () => release(file, mine) };
      const found = read(file);
      if (found === undefined) continue;
      if (isLive(found.holder)) return { holder: found.holder };
      removeStale(file, found.inode);
    }
  } finally {
    fs.rmSync(whole, { force: true });
  }
}

/** Who holds the lock now; undefined when nobody does. */
export function readHolder(file) {
  const found = read(file);
  return found && isLive(found.holder) ? found.holder : undefined;
}

/** link(2) makes the lock with its whole content or not at all. */
function tryLink(whole, file) {
  try {
    fs.linkSync(whole, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function read(file) {
  try {
    const inode = fs.statSync(file).ino;
    return { inode, holder: parse(fs.readFileSync(file, 'utf8')) };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Not written by us in one piece: nobody's.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** Of two that find the same stale lock, one moves it away; whoever moved a live one by that puts it back. */
function removeStale(file, inode) {
  const aside = `${file}.${randomUUID()}`;
  try {
    fs.renameSync(file, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (fs.statSync(aside).ino !== inode) tryLink(aside, file);
  fs.rmSync(aside, { force: true });
}

function release(file, mine) {
  try {
    if (fs.readFileSync(file, 'utf8') === mine) fs.rmSync(file);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/** A process id is used again: only with the same start time is it the same process. */
function isLive({ pid, startedAt }) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return startedAt === startOf(pid);
}

/** Boot and clock tick at which a process started (proc(5), stat field 22); null where there is no /proc. */
function startOf(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, field 2, may hold spaces and brackets.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${ticks}`;
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH' || error.code === 'EACCES') return null;
    throw error;
  }
}
