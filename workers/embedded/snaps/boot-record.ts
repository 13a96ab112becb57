/** Boot code of a master boot record ends before the disk signature. */
const SIZE = 440;
/** The firmware loads the record to this address. */
const LOAD_ADDRESS = 0x7c00;

const CODE = [
  0x31, 0xc0, // xor ax, ax
  0x8e, 0xd8, // mov ds, ax
  0xbe, 0x00, 0x00, // mov si, text (address filled in below)
  0xac, // next: lodsb
  0x08, 0xc0, // or al, al
  0x74, 0x09, // jz halt
  0xb4, 0x0e, // mov ah, 0x0e
  0xbb, 0x07, 0x00, // mov bx, 7
  0xcd, 0x10, // int 0x10: print one character
  0xeb, 0xf2, // jmp next
  0xf4, // halt: hlt
  0xeb, 0xfd, // jmp halt
];

/** What a PC without UEFI runs: it says that UEFI is needed, and halts. */
export function bootRecord(): Uint8Array {
  const record = new Uint8Array(SIZE);
  record.set(CODE);
  const text = LOAD_ADDRESS + CODE.length;
  record[5] = text & 0xff;
  record[6] = text >> 8;
  record.set(new TextEncoder().encode('This disk starts on UEFI only. Switch the machine to UEFI.\r\n\0'), CODE.length);
  return record;
}
