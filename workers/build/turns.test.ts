import { expect, test } from 'vitest';
import { Turns } from './turns';

/** Something that runs until it is let go, and what has begun and ended so far. */
function workshop() {
  const seen: string[] = [];
  const lets = new Map<string, (error?: Error) => void>();
  const work = (name: string) => () =>
    new Promise<void>((resolve, reject) => {
      seen.push(`+${name}`);
      lets.set(name, (error) => {
        seen.push(`-${name}`);
        if (error) reject(error);
        else resolve();
      });
    });
  return { seen, work, end: (name: string, error?: Error) => lets.get(name)!(error) };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('builds run side by side, a suspect alone, and who comes later waits for it', async () => {
  const { seen, work, end } = workshop();
  const turns = new Turns();
  const all = [turns.take(false, work('a')), turns.take(false, work('b')), turns.take(true, work('suspect')), turns.take(false, work('c'))];
  await settled();
  expect(seen).toEqual(['+a', '+b']);
  end('a');
  await settled();
  expect(seen).toEqual(['+a', '+b', '-a']);
  end('b');
  await settled();
  expect(seen.slice(3)).toEqual(['-b', '+suspect']);
  end('suspect');
  await settled();
  expect(seen.slice(5)).toEqual(['-suspect', '+c']);
  end('c');
  await Promise.all(all);
});

test('a suspect that fails lets the next one in', async () => {
  const { seen, work, end } = workshop();
  const turns = new Turns();
  const first = turns.take(true, work('suspect'));
  const second = turns.take(true, work('other'));
  await settled();
  end('suspect', new Error('no'));
  await expect(first).rejects.toThrow('no');
  await settled();
  expect(seen).toEqual(['+suspect', '-suspect', '+other']);
  end('other');
  await second;
});
