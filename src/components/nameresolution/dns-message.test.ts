import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addressBytes,
  type DnsMessage,
  decodeDns,
  encodeDns,
  escapeLabel,
  recordType,
} from "./dns-message.ts";

const message: DnsMessage = {
  id: 0x1234,
  isResponse: true,
  isAuthoritative: true,
  questions: [{ name: "app.local.", type: recordType.ptr, class: 0x8001 }],
  answers: [
    { name: "app.local.", type: recordType.ptr, class: 1, ttl: 3200, target: "h:1.app.local." },
    {
      name: "h:1.app.local.",
      type: recordType.srv,
      class: 0x8001,
      ttl: 3200,
      port: 50_002,
      target: "h.local.",
    },
    { name: "h:1.app.local.", type: recordType.txt, class: 1, ttl: 0, texts: ["app", ""] },
  ],
  authorities: [{ name: "h.local.", type: recordType.a, class: 1, ttl: 120, address: "10.0.0.1" }],
  additionals: [
    { name: "h.local.", type: recordType.aaaa, class: 1, ttl: 4_000_000_000, address: "fd00::1" },
  ],
};

test("what is written is read", () => {
  const bytes = encodeDns(message);
  expect(decodeDns(bytes)).toEqual(message);
  // Names are compressed: `local` is there once.
  expect(bytes.toString("latin1").split("local").length).toBe(2);
});

test("the bytes are those of RFC 1035", () => {
  const query: DnsMessage = {
    id: 1,
    isResponse: false,
    isAuthoritative: false,
    questions: [{ name: "app.local.", type: recordType.ptr, class: 1 }],
    answers: [],
    authorities: [],
    additionals: [],
  };
  expect(encodeDns(query).toString("hex")).toBe(
    `00010000000100000000000003${hex("app")}05${hex("local")}00000c0001`,
  );
});

const hex = (text: string): string => Buffer.from(text).toString("hex");

test("dots inside a label are escaped", () => {
  expect(escapeLabel("a.b\\c")).toBe("a\\.b\\\\c");
  const name = `${escapeLabel("a.b\\c")}.app.local.`;
  const query = { ...message, questions: [{ name, type: 12, class: 1 }], answers: [] };
  expect(decodeDns(encodeDns(query)).questions[0]?.name).toBe(name);
});

test("other record types are skipped", () => {
  const bytes = encodeDns({ ...message, questions: [], authorities: [], additionals: [] });
  // The first answer's type becomes NSEC.
  const at = bytes.indexOf(Buffer.from([0, 0x0c, 0, 1]));
  bytes[at + 1] = 47;
  expect(decodeDns(bytes).answers).toEqual(message.answers.slice(1));
});

test.each([
  ["empty", ""],
  ["short header", "0000000000000000"],
  ["question cut", `000000000001000000000000${hex("\x03ap")}`],
  ["pointer to itself", "000000000001000000000000c00c00010001"],
  ["pointer forward", "000000000001000000000000c01000010001"],
  ["pointer out of range", "000000000001000000000000ffff00010001"],
  ["label type 0x40", "00000000000100000000000041000c0001"],
  ["name too long", `000000000001000000000000${`3f${"61".repeat(63)}`.repeat(5)}00000c0001`],
  ["record cut", "0000840000000001000000000000010001000000780004"],
  ["text longer than its record", "00008400000000010000000000001000010000007800020561"],
  [
    "name longer than its record",
    "0000840000000001000000000000 0c00010000007800010361626300".replace(" ", ""),
  ],
  ["too many entries", "000084000000010100000000"],
])("refuses a message with %s", (_, text) => {
  expect(() => decodeDns(Buffer.from(text, "hex"))).toThrow(
    expect.objectContaining({ name: "DnsFormatError" }),
  );
});

test("any bytes are read or refused", () => {
  const valid = encodeDns(message);
  const mutated = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 5 });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), mutated), (input) => {
      let bytes = Buffer.from(valid);
      if (input instanceof Uint8Array) bytes = Buffer.from(input);
      else for (const [at, byte] of input) bytes[at] = byte;
      try {
        const read = decodeDns(bytes);
        expect(read.answers.length).toBeLessThanOrEqual(256);
      } catch (error) {
        expect((error as Error).name).toBe("DnsFormatError");
      }
    }),
    { numRuns: 3000 },
  );
});

test.each([
  ["10.0.0.1", "0a000001"],
  ["255.255.255.255", "ffffffff"],
  ["256.0.0.1", undefined],
  ["1.2.3", undefined],
  ["::", "0".repeat(32)],
  ["::1", `${"0".repeat(30)}01`],
  ["fd00::1:2", "fd000000000000000000000000010002"],
  ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
  ["::ffff:10.0.0.1", "00000000000000000000ffff0a000001"],
  ["1:2:3:4:5:6:7", undefined],
  ["1::2::3", undefined],
  ["1:2:3:4:5:6:7:8::", undefined],
  ["::12345", undefined],
  ["[::1]", undefined],
  ["localhost", undefined],
  ["", undefined],
])("the bytes of %j are %s", (address, expected) => {
  const bytes = addressBytes(address);
  expect(bytes && Buffer.from(bytes).toString("hex")).toBe(expected);
});
