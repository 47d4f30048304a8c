/**
 * The outbox as the state block knows it: transactions that publish. What it does stands in the outbox room; the
 * composition hands it in.
 * @see spec 03 §10
 */
import type { StateStore, TransactionOperation } from "../../components/state/contract.ts";
import type { Span } from "../../kit/tracing/trace.ts";

/** An operation with what only its event needs. */
export type OutboxOperation = TransactionOperation & {
  /** Of the request over HTTP; undefined: its metadata may say. */
  readonly contentType?: string | undefined;
};

export interface PreparedTransaction {
  /** With the markers of the events, without projections. */
  readonly operations: readonly TransactionOperation[];
  /** Hands the events to the broker. @throws {ApiError} ERR_PUBLISH_OUTBOX */
  publish(signal: AbortSignal | undefined): Promise<void>;
  /** The store has answered, for good or ill. */
  settled(): void;
}

export interface StoreOutbox extends Disposable {
  /** @param span of the call */
  prepare(
    operations: readonly OutboxOperation[],
    span: Span | undefined,
  ): Promise<PreparedTransaction>;
}

/** @returns undefined for a store without an outbox */
export type OpenOutbox = (
  store: string,
  component: StateStore,
  properties: ReadonlyMap<string, string>,
) => StoreOutbox | undefined;

export interface OutboxTransaction {
  /** @throws {ApiError} there are too many operations */
  readonly check: (operations: readonly TransactionOperation[]) => void;
  readonly commit: (operations: readonly TransactionOperation[]) => void | Promise<void>;
  readonly signal: AbortSignal | undefined;
  readonly span: Span | undefined;
}

/** Publishes first: an event without its marker is nothing, a marker without its event would be lost. */
export async function transactWithOutbox(
  outbox: StoreOutbox,
  operations: readonly OutboxOperation[],
  { check, commit, signal, span }: OutboxTransaction,
): Promise<void> {
  const prepared = await outbox.prepare(operations, span);
  if (prepared.operations.length === 0) return;
  check(prepared.operations);
  await prepared.publish(signal);
  try {
    await commit(prepared.operations);
  } finally {
    prepared.settled();
  }
}
