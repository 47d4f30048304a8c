/**
 * Bulk calls of stores that write item by item.
 */
import { BulkStoreError } from "./contract.ts";

/** Side by side, `limit` at a time, in order. @throws {BulkStoreError} naming the items that failed, in their order */
export async function writeEach<T extends { readonly key: string }>(
  requests: readonly T[],
  limit: number,
  write: (request: T) => Promise<void>,
): Promise<void> {
  const errors = new Map<T, Error>();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < requests.length) {
      const request = requests[next++] as T;
      try {
        await write(request);
      } catch (error) {
        errors.set(request, error as Error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, requests.length) }, work));
  if (errors.size === 0) return;
  const failures = requests.flatMap((request) => {
    const error = errors.get(request);
    return error === undefined ? [] : [{ key: request.key, error }];
  });
  throw new BulkStoreError(failures);
}
