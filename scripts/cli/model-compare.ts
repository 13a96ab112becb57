import type { Headers } from '../../lib/assertion/assertion';
import { diffModels } from '../../lib/model/diff';
import { readModelInput } from '../../lib/model/import';
import { remodelVerdict } from '../../lib/model/remodel';
import { expectFiles } from './command';
import type { Command } from './command';
import { about, EXIT } from './failure';
import { jsonDocument } from './json';
import { nameOf } from './terminal';
import type { Terminal } from './terminal';

const FORMS = 'A and B are models: JSON as "snap sign" takes it, a model assertion, or one among others; "-" is standard input.';

export const modelDiff: Command = {
  name: 'model diff',
  files: 'A B',
  summary: 'Say in words what differs between two models',
  details: `${FORMS} Writes a JSON list of what changes from A to B, each with "path" (a JSON Pointer), "kind" (added, removed or changed), "from", "to" and a "sentence".
The list is empty when they say the same.`,
  options: { json: { help: 'Write the list on one line' } },
  async run({ values, files, terminal }) {
    const [a, b] = await readTwo(files, terminal);
    await terminal.write(jsonDocument(diffModels(a, b), values.has('json')));
    return EXIT.ok;
  },
};

export const modelRemodel: Command = {
  name: 'model remodel',
  files: 'A B',
  summary: 'Tell whether devices of one model can become devices of another',
  details: `${FORMS} Writes a JSON object with the "verdict" (allowed, warned or blocked) and the "rules", each with "id", "verdict" and "message".
The exit code is 1 when it is blocked.`,
  options: { json: { help: 'Write the object on one line' } },
  async run({ values, files, terminal }) {
    const [a, b] = await readTwo(files, terminal);
    const remodel = remodelVerdict(a, b);
    await terminal.write(jsonDocument(remodel, values.has('json')));
    return remodel.verdict === 'blocked' ? EXIT.refused : EXIT.ok;
  },
};

async function readTwo(files: string[], terminal: Terminal): Promise<[Headers, Headers]> {
  expectFiles(files, 2);
  return [await readModel(files[0]!, terminal), await readModel(files[1]!, terminal)];
}

async function readModel(file: string, terminal: Terminal): Promise<Headers> {
  const bytes = await terminal.read(file);
  const input = await about(nameOf(file), () => readModelInput(bytes));
  switch (input.kind) {
    case 'json':
      return input.headers;
    case 'assertion':
      return input.assertion.headers;
    case 'chain':
      return input.model.headers;
  }
}
