import { bootImage } from '@/workers/build/boot/boot-image';
try { const r = await bootImage({ imagePath: process.argv[2]!, timeoutSeconds: Number(process.argv[3] ?? 180) }); console.log(r.log.slice(-2500)); console.log('==', r.marker, r.seconds); } catch (e) { console.log(e, (e as any).details?.log) }
