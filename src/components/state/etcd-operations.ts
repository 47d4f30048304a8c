/**
 * Writes as one of etcd's transactions: conditions on revisions, then one operation for each key.
 * @see spec 04 §8.1
 */
import {
  Compare_CompareTarget,
  type CompareInit,
  type RequestOpInit,
  type TxnResponse,
} from "../../kit/proto/etcd/rpc.ts";
import { EtagMismatchError } from "./contract.ts";

/** What a write asks of the key before. */
export interface Expectation {
  /** Key as it is stored. */
  readonly key: Buffer;
  /** undefined: there is no such key. */
  readonly etag: string | undefined;
}

/** No key ever has it. */
const noRevision = -1n;

/** An etag is a revision in decimal, written as etcd would. */
function revisionOf(etag: string): bigint {
  if (!/^[1-9]\d{0,18}$/.test(etag)) return noRevision;
  const revision = BigInt(etag);
  return BigInt.asIntN(64, revision) === revision ? revision : noRevision;
}

export function conditionOf({ key, etag }: Expectation): CompareInit {
  return etag === undefined
    ? { target: Compare_CompareTarget.CREATE, key, createRevision: 0n }
    : { target: Compare_CompareTarget.MOD, key, modRevision: revisionOf(etag) };
}

/** Reads the revision when the conditions do not hold, in the same step. */
export const revisionRead = ({ key }: Expectation): RequestOpInit => ({
  requestRange: { key, keysOnly: true },
});

/** Says which expectation was not met. @param response to a transaction whose `failure` are the reads of all of them */
export function mismatchOf(
  expectations: readonly Expectation[],
  response: TxnResponse,
): EtagMismatchError {
  for (const [i, { key, etag }] of expectations.entries()) {
    const current = response.responses[i]?.responseRange?.kvs[0]?.modRevision;
    if (etag === undefined) {
      if (current === undefined) continue;
      return new EtagMismatchError("item already exists and no etag was passed");
    }
    if (current === undefined) {
      return new EtagMismatchError(`state not exist or expired for key=${key}`);
    }
    if (String(current) === etag) continue;
    return new EtagMismatchError(
      `state etag not match for key=${key}: current=${current}, expect=${etag}`,
    );
  }
  return new EtagMismatchError();
}
