import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';

/** A console that never stops talking must not fill the memory; what is kept is the end. */
const KEPT_CHARACTERS = 1024 * 1024;

/** What a serial console has said, as text. */
export class SerialLog {
  readonly #decoder = new StringDecoder('utf8');
  #raw = '';

  add(chunk: Buffer): void {
    this.#raw = (this.#raw + this.#decoder.write(chunk)).slice(-KEPT_CHARACTERS);
  }

  text(): string {
    return stripVTControlCharacters(this.#raw).replaceAll('\r', '');
  }

  tail(lines = 40): string {
    return this.text().trimEnd().split('\n').slice(-lines).join('\n');
  }

  /** The line with the verdict, once it has come whole. */
  marker(): string | undefined {
    const at = this.#raw.lastIndexOf('IMPRINT-BOOT ');
    if (at < 0) return undefined;
    return /^(IMPRINT-BOOT (?:OK|BAD) [^\n]*)\n/m.exec(this.text())?.[1];
  }

  /** Has the firmware given the disk up (EDK II, BdsDxe)? It then starts its own shell, where it has one, and waits for ever. */
  foundNothing(): boolean {
    return /BdsDxe: (?:starting Boot\w+ "EFI Internal Shell"|No bootable option or device was found)/.test(this.#raw);
  }
}
