import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HpackDecoder, HpackError } from "./hpack-decoder.ts";
import { HpackEncoder } from "./hpack-encoder.ts";
import { huffmanDecode, huffmanEncode } from "./huffman.ts";

type Pair = [string, string];

function decode(decoder: HpackDecoder, hex: string): Pair[] {
  const block = Buffer.from(hex.replaceAll(" ", ""), "hex");
  decoder.decode(block, 0, block.length);
  return decoder.fields.map(({ name, value }) => [name, value]);
}

const lists = {
  first: [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "www.example.com"],
  ],
  second: [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "www.example.com"],
    ["cache-control", "no-cache"],
  ],
  third: [
    [":method", "GET"],
    [":scheme", "https"],
    [":path", "/index.html"],
    [":authority", "www.example.com"],
    ["custom-key", "custom-value"],
  ],
} satisfies Record<string, Pair[]>;

const date1 = "Mon, 21 Oct 2013 20:13:21 GMT";
const date2 = "Mon, 21 Oct 2013 20:13:22 GMT";
const cookie = "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";
const answers = {
  first: [
    [":status", "302"],
    ["cache-control", "private"],
    ["date", date1],
    ["location", "https://www.example.com"],
  ],
  second: [
    [":status", "307"],
    ["cache-control", "private"],
    ["date", date1],
    ["location", "https://www.example.com"],
  ],
  third: [
    [":status", "200"],
    ["cache-control", "private"],
    ["date", date2],
    ["location", "https://www.example.com"],
    ["content-encoding", "gzip"],
    ["set-cookie", cookie],
  ],
} satisfies Record<string, Pair[]>;

/** RFC 7541 appendix C; the table's size after each block is given there too. */
const sequences: {
  name: string;
  table: number;
  blocks: [hex: string, fields: Pair[], size: number][];
}[] = [
  {
    name: "C.2.1 literal with indexing",
    table: 4096,
    blocks: [
      [
        "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
        [["custom-key", "custom-header"]],
        55,
      ],
    ],
  },
  {
    name: "C.2.2 literal without indexing",
    table: 4096,
    blocks: [["040c 2f73 616d 706c 652f 7061 7468", [[":path", "/sample/path"]], 0]],
  },
  {
    name: "C.2.3 literal never indexed",
    table: 4096,
    blocks: [["1008 7061 7373 776f 7264 0673 6563 7265 74", [["password", "secret"]], 0]],
  },
  { name: "C.2.4 indexed", table: 4096, blocks: [["82", [[":method", "GET"]], 0]] },
  {
    name: "C.3 requests without Huffman",
    table: 4096,
    blocks: [
      ["8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", lists.first, 57],
      ["8286 84be 5808 6e6f 2d63 6163 6865", lists.second, 110],
      [
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
        lists.third,
        164,
      ],
    ],
  },
  {
    name: "C.4 requests with Huffman",
    table: 4096,
    blocks: [
      ["8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", lists.first, 57],
      ["8286 84be 5886 a8eb 1064 9cbf", lists.second, 110],
      ["8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf", lists.third, 164],
    ],
  },
  {
    name: "C.5 responses without Huffman",
    table: 256,
    blocks: [
      [
        "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        answers.first,
        222,
      ],
      ["4803 3330 37c1 c0bf", answers.second, 222],
      [
        "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31",
        answers.third,
        215,
      ],
    ],
  },
  {
    name: "C.6 responses with Huffman",
    table: 256,
    blocks: [
      [
        "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
        answers.first,
        222,
      ],
      ["4883 640e ffc1 c0bf", answers.second, 222],
      [
        "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
        answers.third,
        215,
      ],
    ],
  },
];

describe("HPACK decoding", () => {
  it.each(sequences)("reads $name", ({ table, blocks }) => {
    const decoder = new HpackDecoder({ maxListBytes: 65536, maxTableBytes: table });
    for (const [hex, fields, size] of blocks) {
      expect(decode(decoder, hex)).toEqual(fields);
      expect(decoder.tableBytes).toBe(size);
    }
  });

  it.each([
    ["index 0", "80"],
    ["index beyond the table", "be"],
    ["a huge index", "ff ff ff ff ff 0f"],
    ["an endless integer", "ff 80 80 80 80 80 80 80 80 80 80 00"],
    ["a cut integer", "ff"],
    ["a cut name", "40 0a 63"],
    ["a missing value", "40 01 61"],
    ["a cut value", "40 01 61 05 62"],
    ["a name index beyond the table", "7f 7f 01 61"],
    ["a size update above the setting", "3f e2 1f"],
    ["a size update in the middle", "82 20"],
    ["padding of 8 bits", "40 01 61 82 1f ff"],
    ["padding of zeros", "40 01 61 81 00"],
    ["the end-of-string symbol", "40 01 61 84 ff ff ff fc"],
  ])("refuses %s", (_name, hex) => {
    const decoder = new HpackDecoder({ maxListBytes: 65536 });
    expect(() => decode(decoder, hex)).toThrow(HpackError);
  });

  it("accepts size updates at the start and evicts", () => {
    const decoder = new HpackDecoder({ maxListBytes: 65536 });
    decode(decoder, "40 01 61 01 62");
    expect(decoder.tableBytes).toBe(34);
    decode(decoder, "20 3f e1 1f 82");
    expect(decoder.tableBytes).toBe(0);
    expect(() => decode(decoder, "be")).toThrow(HpackError);
  });

  it("empties the table for an entry that is larger than it", () => {
    const decoder = new HpackDecoder({ maxListBytes: 65536, maxTableBytes: 40 });
    decode(decoder, "40 01 61 01 62");
    decode(decoder, `40 01 61 14 ${"63".repeat(20)}`);
    expect(decoder.tableBytes).toBe(0);
  });

  it("bounds the list and keeps the table in step", () => {
    const decoder = new HpackDecoder({ maxListBytes: 300 });
    const entry = `40 01 61 7f 01 ${"62".repeat(128)}`;
    decode(decoder, entry);
    expect(decoder.isOverLimit).toBe(false);
    const bomb = decode(decoder, `${entry} be be be be be 40 01 63 01 64`);
    expect(decoder.isOverLimit).toBe(true);
    expect(bomb.length).toBeLessThan(3);
    expect(decode(decoder, "be")).toEqual([["c", "d"]]);
    expect(decoder.isOverLimit).toBe(false);
  });

  it("survives any bytes", () => {
    void fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const decoder = new HpackDecoder({ maxListBytes: 4096 });
        try {
          decoder.decode(Buffer.from(bytes), 0, bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(HpackError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe("Huffman", () => {
  it("decodes what it encodes, for all bytes", () => {
    void fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = Buffer.from(bytes).toString("latin1");
        const code = huffmanEncode(text);
        const target = Buffer.alloc(Math.ceil((code.length * 8) / 5));
        const length = huffmanDecode(code, 0, code.length, target);
        expect(target.toString("latin1", 0, length)).toBe(text);
      }),
    );
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString("latin1");
    const code = huffmanEncode(all);
    const target = Buffer.alloc(code.length * 2);
    expect(huffmanDecode(code, 0, code.length, target)).toBe(256);
    expect(target.toString("latin1", 0, 256)).toBe(all);
  });

  it("encodes as RFC 7541 C.4.1 does", () => {
    expect(huffmanEncode("www.example.com").toString("hex")).toBe("f1e3c2e5f23a6ba0ab90f4ff");
  });
});

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const value = fc.oneof(
  fc.stringMatching(/^[ -~]{0,40}$/),
  fc.constantFrom("a", "b", "x".repeat(600)),
);

describe("HPACK encoding", () => {
  it("is understood by the decoder, whatever the peer's table", () => {
    const block = fc.array(fc.tuple(name, value, fc.boolean()), { maxLength: 12 });
    const step = fc.record({
      block,
      repeat: fc.boolean(),
      table: fc.option(fc.integer({ min: 0, max: 5000 }), { freq: 5 }),
    });
    void fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const encoder = new HpackEncoder();
        const decoder = new HpackDecoder({ maxListBytes: 1 << 20 });
        for (const { block: fields, repeat, table } of steps) {
          if (table !== null) encoder.setTableLimit(table);
          for (let round = repeat ? 2 : 1; round > 0; round--) {
            encoder.begin();
            for (const [key, text, isConstant] of fields) encoder.field(key, text, isConstant);
            decoder.decode(encoder.block, 0, encoder.length);
            expect(decoder.fields.map((one) => [one.name, one.value])).toEqual(
              fields.map(([key, text]) => [key, text]),
            );
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("announces the smaller table before it uses it", () => {
    const encoder = new HpackEncoder();
    encoder.begin();
    encoder.field("a", "b", true);
    encoder.setTableLimit(0);
    encoder.begin();
    encoder.field("a", "b", true);
    expect(encoder.block.toString("hex", 0, encoder.length)).toBe(
      `20${"00 01 61 01 62".replaceAll(" ", "")}`,
    );
  });

  it("indexes values on their second sight, constants at once", () => {
    const encoder = new HpackEncoder();
    const lengths = [0, 1, 2].map(() => {
      encoder.begin();
      encoder.field("user", "me", false);
      return encoder.length;
    });
    expect(lengths).toEqual([9, 9, 1]);
    encoder.begin();
    encoder.field("te", "trailers", true);
    encoder.begin();
    encoder.field("te", "trailers", true);
    expect(encoder.length).toBe(1);
    expect(encoder.indexOf("te", "trailers")).toBe(62);
    expect(encoder.indexOf("user", "me")).toBe(63);
    expect(encoder.indexOf("user", "you")).toBe(0);
  });
});
