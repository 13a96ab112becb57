import { gptHeadSectors, gptTailSectors, type SectorBytes } from './gpt';
import { MBR_SECTORS } from './mbr';

/** Sectors of a disk that its partition tables take: of a GPT both copies. */
export const tableSectors = (schema: string, sectorBytes: SectorBytes): number => (schema === 'mbr' ? MBR_SECTORS : gptHeadSectors(sectorBytes) + gptTailSectors(sectorBytes));
