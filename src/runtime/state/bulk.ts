/**
 * Several items of one request, for stores that take one at a time, and what is said when some of them fail.
 * @see spec 01 §5.4, §5.6
 */
import {
  type BulkGetItem,
  BulkStoreError,
  EtagInvalidError,
  EtagMismatchError,
  type GetRequest,
  type GetResponse,
  type StateStore,
} from "../../components/state/contract.ts";
import { errorText } from "../../kit/errors/api-error.ts";

/** Calls of one request that a store gets at once. */
const callsAtOnce = 10;

/** Runs one call per item, a few at a time; answers directly when all calls do. Calls must not fail. */
function forEachLimited<T>(
  items: readonly T[],
  limit: number,
  call: (item: T, index: number) => void | Promise<void>,
): void | Promise<void> {
  for (let next = 0; next < items.length; next++) {
    const pending = call(items[next] as T, next);
    if (pending instanceof Promise) return runRest(items, limit, call, pending, next + 1);
  }
}

async function runRest<T>(
  items: readonly T[],
  limit: number,
  call: (item: T, index: number) => void | Promise<void>,
  first: Promise<void>,
  start: number,
): Promise<void> {
  let next = start;
  const worker = async (pending?: Promise<void>): Promise<void> => {
    await pending;
    while (next < items.length) {
      const index = next++;
      await call(items[index] as T, index);
    }
  };
  const workers = [worker(first)];
  for (let i = 1; i < Math.min(limit, items.length); i++) workers.push(worker());
  await Promise.all(workers);
}

/** Writes item by item. @throws {BulkStoreError} naming the items that failed */
export function writeEach<T extends { readonly key: string }>(
  requests: readonly T[],
  write: (request: T) => void | Promise<void>,
): void | Promise<void> {
  const failures: { key: string; error: Error }[] = [];
  const fail = (key: string, error: unknown): void => {
    failures.push({ key, error: error instanceof Error ? error : new Error(String(error)) });
  };
  const pending = forEachLimited(requests, callsAtOnce, (request) => {
    try {
      const written = write(request);
      if (written instanceof Promise) return written.catch((error) => fail(request.key, error));
    } catch (error) {
      fail(request.key, error);
    }
    return undefined;
  });
  const finish = (): void => {
    if (failures.length > 0) throw new BulkStoreError(failures);
  };
  return pending instanceof Promise ? pending.then(finish) : finish();
}

/** Quirk: spec 01 §5.4. When all failures are about etags they become one, with a prefix of its own. */
export function mergeEtagErrors(cause: unknown): unknown {
  if (!(cause instanceof BulkStoreError)) return cause;
  const errors = cause.failures.map((failure) => failure.error);
  const isEtagError = (error: Error): boolean =>
    error instanceof EtagMismatchError || error instanceof EtagInvalidError;
  if (errors.length === 0 || !errors.every(isEtagError)) return cause;
  const texts = errors.map((error) => error.message).join("\n");
  return errors[0] instanceof EtagMismatchError
    ? new EtagMismatchError(texts)
    : new EtagInvalidError(texts);
}

/** For stores without a bulk call of their own: in request order, a failure belongs to its item. */
export function readEach(
  store: StateStore,
  requests: readonly GetRequest[],
  parallelism: number,
  signal: AbortSignal | undefined,
): readonly BulkGetItem[] | Promise<readonly BulkGetItem[]> {
  const items: BulkGetItem[] = new Array(requests.length);
  const none = { data: undefined, etag: undefined, metadata: undefined };
  const read = (request: GetRequest, index: number): void | Promise<void> => {
    const { key } = request;
    const put = ({ data, etag, metadata }: GetResponse): void => {
      items[index] = { key, data, etag, metadata, error: undefined };
    };
    const fail = (error: unknown): void => {
      items[index] = { key, ...none, error: errorText(error) };
    };
    try {
      const response = store.get(request, signal);
      if (response instanceof Promise) return response.then(put, fail);
      put(response);
    } catch (error) {
      fail(error);
    }
    return undefined;
  };
  const limit = parallelism > 0 ? parallelism : callsAtOnce;
  const pending = forEachLimited(requests, limit, read);
  return pending instanceof Promise ? pending.then(() => items) : items;
}
