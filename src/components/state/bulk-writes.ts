/**
 * Bulk calls of stores that write item by item.
 */
import { BulkStoreError } from "./contract.ts";

/** Side by side, `limit` at a time, in order. @throws {BulkStoreError} naming the items that failed */
export async function writeEach<T extends { readonly key: string }>(
  requests: readonly T[],
  limit: number,
  write: (request: T) => Promise<void>,
): Promise<void> {
  const failures: { readonly key: string; readonly error: Error }[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < requests.length) {
      const request = requests[next++] as T;
      try {
        await write(request);
      } catch (error) {
        failures.push({ key: request.key, error: error as Error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, requests.length) }, work));
  if (failures.length > 0) throw new BulkStoreError(failures);
}
