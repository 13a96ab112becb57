import { importBuildPublicKey } from '../../lib/keys/build-key';
import { inField } from './assertion-verify';
import { expectFiles } from './command';
import type { Command } from './command';
import { checkEvidence } from './evidence-checks';
import { EvidenceFolder } from './evidence-folder';
import { about, EXIT, Misuse, refusalOf } from './failure';
import { readAnchors } from './image-input';
import { IMAGE_OPTIONS } from './image-options';
import { jsonLine } from './json';
import { nameOf } from './terminal';
import { parseTimeOption } from './times';

export const evidenceVerify: Command = {
  name: 'evidence verify',
  files: 'DIR|SHA256SUMS',
  summary: 'Check an image and everything that came with it, offline',
  details: `Takes the folder that an image's files were downloaded to, or its list of checksums. Checks the signature on the provenance by the brand's build key; that
provenance and checksums speak of the same files; the checksum of every file that is here; that the model is the one that the provenance names, and holds up
to ROOTS (without it: to Canonical's); and that provenance, manifest, seed.manifest, SPDX and CycloneDX list the snaps of the lock, with its revisions and digests.
Writes a line for each check: "ok" or "absent" (the file is not here, and nothing is said of it), the check, the file and a remark, with tabs between.
The first fault ends it: it has a line "failed", its reason is on stderr, and the exit code is 1.`,
  options: {
    'build-key': { value: 'PUB.pem', help: "The brand's build key, its public half", required: true },
    trusted: IMAGE_OPTIONS['trusted']!,
    at: { value: 'TIME', help: 'Check the model as of this time (RFC 3339) instead of now' },
    json: { help: 'Write a JSON object a line' },
  },
  async run({ values, files, terminal }) {
    expectFiles(files, 1);
    const [where] = files as [string];
    if (where === '-') throw new Misuse('The files stand beside the checksums, so standard input will not do: name a folder, or its SHA256SUMS.');
    const now = values.has('at') ? parseTimeOption('at', values.get('at')!) : new Date();
    const keyFile = values.get('build-key')!;
    const keyText = Buffer.from(await terminal.read(keyFile)).toString('utf8');
    const verifier = await about(nameOf(keyFile), () => importBuildPublicKey(keyText));
    const { assertions, embedded } = await readAnchors(values, terminal);
    const trusted = [...assertions, ...embedded];
    const folder = await EvidenceFolder.open(where, terminal.folder);

    const write = (line: Record<string, string>): Promise<void> => terminal.write(values.has('json') ? jsonLine(line) : `${Object.values(line).map(inField).join('\t')}\n`);
    try {
      for await (const { status, check, file, message } of checkEvidence(folder, verifier, { trusted, now })) await write({ status, check, file, message });
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      await write({ status: 'failed', code: refusal.code, message: refusal.message });
      terminal.say(refusal.message);
      return EXIT.refused;
    }
    return EXIT.ok;
  },
};
