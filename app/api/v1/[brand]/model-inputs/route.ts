import { readModelRequest } from '@/lib/api/models';
import { readModel } from '@/app/read-model';
import { route } from '@/app/respond';

/** Reads and verifies a model without keeping it. */
export const POST = route({ verb: 'model.edit', body: readModelRequest }, ({ ctx, body }) => readModel(ctx, body.text));
