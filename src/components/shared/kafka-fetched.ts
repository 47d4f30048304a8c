/** Reads the batches of a fetch. */
import type { RecordsBatch } from "@platformatic/kafka";
import type { KafkaRecord } from "./kafka-records.ts";

/** Batches that hold marks of transactions instead of records. */
const control = 0x20;
/** The broker's time of the whole batch counts. */
const appendTime = 0x08;

/** @param from offset that was asked for; a batch may begin before it @returns also the offset behind the last batch */
export function readFetched(
  batches: readonly RecordsBatch[],
  topic: string,
  partition: number,
  from: bigint,
): { readonly found: readonly KafkaRecord[]; readonly next: bigint } {
  const found: KafkaRecord[] = [];
  let next = from;
  for (const batch of batches) {
    const end = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
    if (end > next) next = end;
    if ((batch.attributes & control) !== 0) continue;
    for (const { key, value, headers, offsetDelta, timestampDelta } of batch.records) {
      const offset = batch.firstOffset + BigInt(offsetDelta);
      if (offset < from) continue;
      const isAppended = (batch.attributes & appendTime) !== 0;
      found.push({
        topic,
        partition,
        offset,
        leaderEpoch: batch.partitionLeaderEpoch,
        timestamp: isAppended ? batch.maxTimestamp : batch.firstTimestamp + timestampDelta,
        key,
        value,
        headers,
      });
    }
  }
  return { found, next };
}
