import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Bytes of a log file; with its predecessor `file.1`, twice as many are kept. */
const MAX_LOG_BYTES = 20 * 1024 * 1024;

/**
 * A log that is added to, and that never fails whoever writes to it: what the disk has no room for is dropped, counted,
 * and told in the log once there is room again. Written at once, so that nothing waits in memory.
 */
export class LogFile {
  private fd: number | undefined;
  private sizeBytes = 0;
  private dropped = 0;

  constructor(
    private readonly file: string,
    private readonly maxBytes = MAX_LOG_BYTES,
  ) {}

  write(line: string): void {
    try {
      if (this.dropped > 0) this.append(this.tellDropped());
      this.dropped = 0;
      this.append(`${line}\n`);
    } catch {
      // A log is no reason to stop; the next line that fits tells how many did not.
      this.dropped += 1;
      this.close();
    }
  }

  close(): void {
    const { fd } = this;
    this.fd = undefined;
    if (fd === undefined) return;
    try {
      closeSync(fd);
    } catch {
      // Some file systems tell of a full disk only here.
    }
  }

  private append(text: string): void {
    const bytes = Buffer.from(text);
    if (this.fd === undefined) this.open();
    if (this.sizeBytes > 0 && this.sizeBytes + bytes.length > this.maxBytes) this.rotate();
    // A line that the disk takes a part of is cut short: the count says so.
    const written = writeSync(this.fd!, bytes);
    this.sizeBytes += written;
    if (written < bytes.length) throw new Error('the disk took a part of the line');
  }

  private open(): void {
    mkdirSync(dirname(this.file), { recursive: true });
    this.fd = openSync(this.file, 'a', 0o640);
    this.sizeBytes = fstatSync(this.fd).size;
  }

  private rotate(): void {
    this.close();
    renameSync(this.file, `${this.file}.1`);
    this.open();
  }

  private tellDropped(): string {
    const time = new Date().toISOString();
    return `\n${JSON.stringify({ level: 'warn', time, msg: `${this.dropped} lines of this log were dropped: they could not be written` })}\n`;
  }
}
