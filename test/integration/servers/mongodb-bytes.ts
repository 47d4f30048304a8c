/** BSON documents as their members' bytes, so that nothing is lost by reading them. */
import { BSON } from "mongodb";

export interface RawMember {
  readonly type: number;
  readonly name: string;
  readonly bytes: Buffer;
}

export type RawDocument = readonly RawMember[];

/** @param path of the document within the document */
export function readMembers(document: Buffer, ...path: readonly string[]): RawMember[] {
  let bytes = document;
  for (const name of path) {
    const member = membersOf(bytes).find((candidate) => candidate.name === name);
    if (member === undefined) throw new Error(`no member ${name}`);
    bytes = member.bytes;
  }
  return membersOf(bytes);
}

const membersOf = (document: Buffer): RawMember[] =>
  [...BSON.onDemand.parseToElements(document)].map(
    ([type, nameOffset, nameLength, offset, length]) => ({
      type,
      name: document.toString("utf8", nameOffset, nameOffset + nameLength),
      bytes: Buffer.from(document.subarray(offset, offset + length)),
    }),
  );

export function bsonDocument(members: RawDocument): Buffer {
  const parts = members.flatMap(({ type, name, bytes }) => [
    Buffer.from([type]),
    Buffer.from(`${name}\0`),
    bytes,
  ]);
  const body = Buffer.concat([...parts, Buffer.from([0])]);
  const length = Buffer.alloc(4);
  length.writeInt32LE(body.length + 4);
  return Buffer.concat([length, body]);
}

const documentType = 3;
const arrayType = 4;

/** The answer to `find` with everything in the first batch. */
export function cursorReply(namespace: string, documents: readonly RawDocument[]): Buffer {
  const batch = documents.map((members, i) => ({
    type: documentType,
    name: String(i),
    bytes: bsonDocument(members),
  }));
  const rest = readMembers(Buffer.from(BSON.serialize({ id: BSON.Long.ZERO, ns: namespace })));
  const cursor = [{ type: arrayType, name: "firstBatch", bytes: bsonDocument(batch) }, ...rest];
  return bsonDocument([
    { type: documentType, name: "cursor", bytes: bsonDocument(cursor) },
    ...readMembers(Buffer.from(BSON.serialize({ ok: 1 }))),
  ]);
}
