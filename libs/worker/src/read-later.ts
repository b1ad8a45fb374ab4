import { type LaterPayload, TerminalError } from '@slipstream/contracts';
import { type Bus, getBlob } from '@slipstream/jetstream';

/** The payload behind the reference. Throws a `TerminalError` when it is past its retention. */
export async function readLater(bus: Bus, { $payload }: LaterPayload): Promise<unknown> {
  const bytes = await getBlob(bus, $payload);
  if (bytes) return JSON.parse(Buffer.from(bytes).toString());
  throw new TerminalError(
    'the payload is past its retention, or was erased: submit the task again',
    {
      code: 'payload-expired',
    },
  );
}
