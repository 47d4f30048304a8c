// Generated from proto/dapr/proto/runtime/v1/ai.proto by tools/generate-proto.ts. Do not edit.
import { Any, type AnyInit } from "../../../../google/protobuf/any.ts";
import { Duration, type DurationInit } from "../../../../google/protobuf/duration.ts";
import { MessageCodec, type Reader, type Writer, readStringEntry, writeStringMap } from "../../../../wire.ts";
import { Struct, type StructInit } from "../../../../google/protobuf/struct.ts";

/** Several inputs at once, in the first version of the API. */
export interface ConversationRequest {
  name: string;
  contextID: string | undefined;
  inputs: ConversationInput[];
  parameters: Map<string, Any>;
  metadata: Map<string, string>;
  scrubPII: boolean | undefined;
  temperature: number | undefined;
}
export interface ConversationRequestInit {
  name?: string | undefined;
  contextID?: string | undefined;
  inputs?: readonly ConversationInputInit[] | undefined;
  parameters?: ReadonlyMap<string, AnyInit> | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  scrubPII?: boolean | undefined;
  temperature?: number | undefined;
}

function readConversationRequest(
  r: Reader,
  end: number,
  m: ConversationRequest = {
    name: "",
    contextID: undefined,
    inputs: [],
    parameters: new Map(),
    metadata: new Map(),
    scrubPII: undefined,
    temperature: undefined,
  },
): ConversationRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.contextID = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.inputs.push(readConversationInput(r, e));
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        let k: string = "";
        let v: Any | undefined;
        while (r.pos < e) {
          const t = r.tag();
          if (t === 10) k = r.string();
          else if (t === 18) { const n = r.enter(); v = Any.read(r, n, v); r.leave(n); }
          else r.skip(t);
        }
        r.leave(e);
        m.parameters.set(k, v ?? Any.read(r, e));
        break;
      }
      case 42:
        readStringEntry(r, m.metadata);
        break;
      case 48:
        m.scrubPII = r.bool();
        break;
      case 57:
        m.temperature = r.double();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationRequest(w: Writer, m: ConversationRequestInit): void {
  const v0 = m.temperature;
  if (v0 !== undefined) {
    w.double(v0);
    w.uint32(57);
  }
  const v1 = m.scrubPII;
  if (v1 !== undefined) {
    w.bool(v1);
    w.uint32(48);
  }
  const v2 = m.metadata;
  if (v2 !== undefined && v2.size > 0) {
    writeStringMap(w, v2, 42);
  }
  const v3 = m.parameters;
  if (v3 !== undefined && v3.size > 0) {
    for (const [k, x] of [...v3].reverse()) {
      const before = w.written;
      {
      const s = w.written;
      Any.write(w, x);
      w.delimit(s, 18);
      }
      w.string(k);
      w.uint32(10);
      w.delimit(before, 34);
    }
  }
  const v4 = m.inputs;
  if (v4 !== undefined && v4.length > 0) {
    for (let i = v4.length - 1; i >= 0; i--) {
      const s = w.written;
      writeConversationInput(w, v4[i]!);
      w.delimit(s, 26);
    }
  }
  const v5 = m.contextID;
  if (v5 !== undefined) {
    w.string(v5);
    w.uint32(18);
  }
  const v6 = m.name;
  if (v6) {
    w.string(v6);
    w.uint32(10);
  }
}

export const ConversationRequest = /* @__PURE__ */ new MessageCodec<ConversationRequest, ConversationRequestInit>(
  "dapr.proto.runtime.v1.ConversationRequest",
  readConversationRequest,
  writeConversationRequest,
);

/** Messages with roles, tools and a context. */
export interface ConversationRequestAlpha2 {
  name: string;
  contextId: string | undefined;
  inputs: ConversationInputAlpha2[];
  parameters: Map<string, Any>;
  metadata: Map<string, string>;
  scrubPii: boolean | undefined;
  temperature: number | undefined;
  tools: ConversationTools[];
  toolChoice: string | undefined;
  responseFormat: Struct | undefined;
  promptCacheRetention: Duration | undefined;
}
export interface ConversationRequestAlpha2Init {
  name?: string | undefined;
  contextId?: string | undefined;
  inputs?: readonly ConversationInputAlpha2Init[] | undefined;
  parameters?: ReadonlyMap<string, AnyInit> | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
  scrubPii?: boolean | undefined;
  temperature?: number | undefined;
  tools?: readonly ConversationToolsInit[] | undefined;
  toolChoice?: string | undefined;
  responseFormat?: StructInit | undefined;
  promptCacheRetention?: DurationInit | undefined;
}

function readConversationRequestAlpha2(
  r: Reader,
  end: number,
  m: ConversationRequestAlpha2 = {
    name: "",
    contextId: undefined,
    inputs: [],
    parameters: new Map(),
    metadata: new Map(),
    scrubPii: undefined,
    temperature: undefined,
    tools: [],
    toolChoice: undefined,
    responseFormat: undefined,
    promptCacheRetention: undefined,
  },
): ConversationRequestAlpha2 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.contextId = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.inputs.push(readConversationInputAlpha2(r, e));
        r.leave(e);
        break;
      }
      case 34: {
        const e = r.enter();
        let k: string = "";
        let v: Any | undefined;
        while (r.pos < e) {
          const t = r.tag();
          if (t === 10) k = r.string();
          else if (t === 18) { const n = r.enter(); v = Any.read(r, n, v); r.leave(n); }
          else r.skip(t);
        }
        r.leave(e);
        m.parameters.set(k, v ?? Any.read(r, e));
        break;
      }
      case 42:
        readStringEntry(r, m.metadata);
        break;
      case 48:
        m.scrubPii = r.bool();
        break;
      case 57:
        m.temperature = r.double();
        break;
      case 66: {
        const e = r.enter();
        m.tools.push(readConversationTools(r, e));
        r.leave(e);
        break;
      }
      case 74:
        m.toolChoice = r.string();
        break;
      case 82: {
        const e = r.enter();
        m.responseFormat = Struct.read(r, e, m.responseFormat);
        r.leave(e);
        break;
      }
      case 90: {
        const e = r.enter();
        m.promptCacheRetention = Duration.read(r, e, m.promptCacheRetention);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationRequestAlpha2(w: Writer, m: ConversationRequestAlpha2Init): void {
  const v0 = m.promptCacheRetention;
  if (v0 !== undefined) {
    const s = w.written;
    Duration.write(w, v0);
    w.delimit(s, 90);
  }
  const v1 = m.responseFormat;
  if (v1 !== undefined) {
    const s = w.written;
    Struct.write(w, v1);
    w.delimit(s, 82);
  }
  const v2 = m.toolChoice;
  if (v2 !== undefined) {
    w.string(v2);
    w.uint32(74);
  }
  const v3 = m.tools;
  if (v3 !== undefined && v3.length > 0) {
    for (let i = v3.length - 1; i >= 0; i--) {
      const s = w.written;
      writeConversationTools(w, v3[i]!);
      w.delimit(s, 66);
    }
  }
  const v4 = m.temperature;
  if (v4 !== undefined) {
    w.double(v4);
    w.uint32(57);
  }
  const v5 = m.scrubPii;
  if (v5 !== undefined) {
    w.bool(v5);
    w.uint32(48);
  }
  const v6 = m.metadata;
  if (v6 !== undefined && v6.size > 0) {
    writeStringMap(w, v6, 42);
  }
  const v7 = m.parameters;
  if (v7 !== undefined && v7.size > 0) {
    for (const [k, x] of [...v7].reverse()) {
      const before = w.written;
      {
      const s = w.written;
      Any.write(w, x);
      w.delimit(s, 18);
      }
      w.string(k);
      w.uint32(10);
      w.delimit(before, 34);
    }
  }
  const v8 = m.inputs;
  if (v8 !== undefined && v8.length > 0) {
    for (let i = v8.length - 1; i >= 0; i--) {
      const s = w.written;
      writeConversationInputAlpha2(w, v8[i]!);
      w.delimit(s, 26);
    }
  }
  const v9 = m.contextId;
  if (v9 !== undefined) {
    w.string(v9);
    w.uint32(18);
  }
  const v10 = m.name;
  if (v10) {
    w.string(v10);
    w.uint32(10);
  }
}

export const ConversationRequestAlpha2 = /* @__PURE__ */ new MessageCodec<ConversationRequestAlpha2, ConversationRequestAlpha2Init>(
  "dapr.proto.runtime.v1.ConversationRequestAlpha2",
  readConversationRequestAlpha2,
  writeConversationRequestAlpha2,
);

export interface ConversationInput {
  content: string;
  role: string | undefined;
  scrubPII: boolean | undefined;
}
export interface ConversationInputInit {
  content?: string | undefined;
  role?: string | undefined;
  scrubPII?: boolean | undefined;
}

function readConversationInput(
  r: Reader,
  end: number,
  m: ConversationInput = {
    content: "",
    role: undefined,
    scrubPII: undefined,
  },
): ConversationInput {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.content = r.string();
        break;
      case 18:
        m.role = r.string();
        break;
      case 24:
        m.scrubPII = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationInput(w: Writer, m: ConversationInputInit): void {
  const v0 = m.scrubPII;
  if (v0 !== undefined) {
    w.bool(v0);
    w.uint32(24);
  }
  const v1 = m.role;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.content;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const ConversationInput = /* @__PURE__ */ new MessageCodec<ConversationInput, ConversationInputInit>(
  "dapr.proto.runtime.v1.ConversationInput",
  readConversationInput,
  writeConversationInput,
);

/** Messages that belong together. */
export interface ConversationInputAlpha2 {
  messages: ConversationMessage[];
  scrubPii: boolean | undefined;
}
export interface ConversationInputAlpha2Init {
  messages?: readonly ConversationMessageInit[] | undefined;
  scrubPii?: boolean | undefined;
}

function readConversationInputAlpha2(
  r: Reader,
  end: number,
  m: ConversationInputAlpha2 = {
    messages: [],
    scrubPii: undefined,
  },
): ConversationInputAlpha2 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.messages.push(readConversationMessage(r, e));
        r.leave(e);
        break;
      }
      case 16:
        m.scrubPii = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationInputAlpha2(w: Writer, m: ConversationInputAlpha2Init): void {
  const v0 = m.scrubPii;
  if (v0 !== undefined) {
    w.bool(v0);
    w.uint32(16);
  }
  const v1 = m.messages;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeConversationMessage(w, v1[i]!);
      w.delimit(s, 10);
    }
  }
}

export const ConversationInputAlpha2 = /* @__PURE__ */ new MessageCodec<ConversationInputAlpha2, ConversationInputAlpha2Init>(
  "dapr.proto.runtime.v1.ConversationInputAlpha2",
  readConversationInputAlpha2,
  writeConversationInputAlpha2,
);

/** A message in one of five roles. */
export interface ConversationMessage {
  ofDeveloper: ConversationMessageOfDeveloper | undefined;
  ofSystem: ConversationMessageOfSystem | undefined;
  ofUser: ConversationMessageOfUser | undefined;
  ofAssistant: ConversationMessageOfAssistant | undefined;
  ofTool: ConversationMessageOfTool | undefined;
}
export interface ConversationMessageInit {
  ofDeveloper?: ConversationMessageOfDeveloperInit | undefined;
  ofSystem?: ConversationMessageOfSystemInit | undefined;
  ofUser?: ConversationMessageOfUserInit | undefined;
  ofAssistant?: ConversationMessageOfAssistantInit | undefined;
  ofTool?: ConversationMessageOfToolInit | undefined;
}

function readConversationMessage(
  r: Reader,
  end: number,
  m: ConversationMessage = {
    ofDeveloper: undefined,
    ofSystem: undefined,
    ofUser: undefined,
    ofAssistant: undefined,
    ofTool: undefined,
  },
): ConversationMessage {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.ofDeveloper = readConversationMessageOfDeveloper(r, e, m.ofDeveloper);
        r.leave(e);
        m.ofSystem = undefined;
        m.ofUser = undefined;
        m.ofAssistant = undefined;
        m.ofTool = undefined;
        break;
      }
      case 18: {
        const e = r.enter();
        m.ofSystem = readConversationMessageOfSystem(r, e, m.ofSystem);
        r.leave(e);
        m.ofDeveloper = undefined;
        m.ofUser = undefined;
        m.ofAssistant = undefined;
        m.ofTool = undefined;
        break;
      }
      case 26: {
        const e = r.enter();
        m.ofUser = readConversationMessageOfUser(r, e, m.ofUser);
        r.leave(e);
        m.ofDeveloper = undefined;
        m.ofSystem = undefined;
        m.ofAssistant = undefined;
        m.ofTool = undefined;
        break;
      }
      case 34: {
        const e = r.enter();
        m.ofAssistant = readConversationMessageOfAssistant(r, e, m.ofAssistant);
        r.leave(e);
        m.ofDeveloper = undefined;
        m.ofSystem = undefined;
        m.ofUser = undefined;
        m.ofTool = undefined;
        break;
      }
      case 42: {
        const e = r.enter();
        m.ofTool = readConversationMessageOfTool(r, e, m.ofTool);
        r.leave(e);
        m.ofDeveloper = undefined;
        m.ofSystem = undefined;
        m.ofUser = undefined;
        m.ofAssistant = undefined;
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationMessage(w: Writer, m: ConversationMessageInit): void {
  const v0 = m.ofTool;
  if (v0 !== undefined) {
    const s = w.written;
    writeConversationMessageOfTool(w, v0);
    w.delimit(s, 42);
  }
  const v1 = m.ofAssistant;
  if (v1 !== undefined) {
    const s = w.written;
    writeConversationMessageOfAssistant(w, v1);
    w.delimit(s, 34);
  }
  const v2 = m.ofUser;
  if (v2 !== undefined) {
    const s = w.written;
    writeConversationMessageOfUser(w, v2);
    w.delimit(s, 26);
  }
  const v3 = m.ofSystem;
  if (v3 !== undefined) {
    const s = w.written;
    writeConversationMessageOfSystem(w, v3);
    w.delimit(s, 18);
  }
  const v4 = m.ofDeveloper;
  if (v4 !== undefined) {
    const s = w.written;
    writeConversationMessageOfDeveloper(w, v4);
    w.delimit(s, 10);
  }
}

export const ConversationMessage = /* @__PURE__ */ new MessageCodec<ConversationMessage, ConversationMessageInit>(
  "dapr.proto.runtime.v1.ConversationMessage",
  readConversationMessage,
  writeConversationMessage,
);

/** Instructions of the app's developer. */
export interface ConversationMessageOfDeveloper {
  name: string | undefined;
  content: ConversationMessageContent[];
}
export interface ConversationMessageOfDeveloperInit {
  name?: string | undefined;
  content?: readonly ConversationMessageContentInit[] | undefined;
}

function readConversationMessageOfDeveloper(
  r: Reader,
  end: number,
  m: ConversationMessageOfDeveloper = {
    name: undefined,
    content: [],
  },
): ConversationMessageOfDeveloper {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.content.push(readConversationMessageContent(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationMessageOfDeveloper(w: Writer, m: ConversationMessageOfDeveloperInit): void {
  const v0 = m.content;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeConversationMessageContent(w, v0[i]!);
      w.delimit(s, 18);
    }
  }
  const v1 = m.name;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ConversationMessageOfDeveloper = /* @__PURE__ */ new MessageCodec<ConversationMessageOfDeveloper, ConversationMessageOfDeveloperInit>(
  "dapr.proto.runtime.v1.ConversationMessageOfDeveloper",
  readConversationMessageOfDeveloper,
  writeConversationMessageOfDeveloper,
);

/** Instructions to the model. */
export interface ConversationMessageOfSystem {
  name: string | undefined;
  content: ConversationMessageContent[];
}
export interface ConversationMessageOfSystemInit {
  name?: string | undefined;
  content?: readonly ConversationMessageContentInit[] | undefined;
}

function readConversationMessageOfSystem(
  r: Reader,
  end: number,
  m: ConversationMessageOfSystem = {
    name: undefined,
    content: [],
  },
): ConversationMessageOfSystem {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.content.push(readConversationMessageContent(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationMessageOfSystem(w: Writer, m: ConversationMessageOfSystemInit): void {
  const v0 = m.content;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeConversationMessageContent(w, v0[i]!);
      w.delimit(s, 18);
    }
  }
  const v1 = m.name;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ConversationMessageOfSystem = /* @__PURE__ */ new MessageCodec<ConversationMessageOfSystem, ConversationMessageOfSystemInit>(
  "dapr.proto.runtime.v1.ConversationMessageOfSystem",
  readConversationMessageOfSystem,
  writeConversationMessageOfSystem,
);

/** What the user says. */
export interface ConversationMessageOfUser {
  name: string | undefined;
  content: ConversationMessageContent[];
}
export interface ConversationMessageOfUserInit {
  name?: string | undefined;
  content?: readonly ConversationMessageContentInit[] | undefined;
}

function readConversationMessageOfUser(
  r: Reader,
  end: number,
  m: ConversationMessageOfUser = {
    name: undefined,
    content: [],
  },
): ConversationMessageOfUser {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.content.push(readConversationMessageContent(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationMessageOfUser(w: Writer, m: ConversationMessageOfUserInit): void {
  const v0 = m.content;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeConversationMessageContent(w, v0[i]!);
      w.delimit(s, 18);
    }
  }
  const v1 = m.name;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ConversationMessageOfUser = /* @__PURE__ */ new MessageCodec<ConversationMessageOfUser, ConversationMessageOfUserInit>(
  "dapr.proto.runtime.v1.ConversationMessageOfUser",
  readConversationMessageOfUser,
  writeConversationMessageOfUser,
);

/** What the model said before, with the tools that it called. */
export interface ConversationMessageOfAssistant {
  name: string | undefined;
  content: ConversationMessageContent[];
  toolCalls: ConversationToolCalls[];
}
export interface ConversationMessageOfAssistantInit {
  name?: string | undefined;
  content?: readonly ConversationMessageContentInit[] | undefined;
  toolCalls?: readonly ConversationToolCallsInit[] | undefined;
}

function readConversationMessageOfAssistant(
  r: Reader,
  end: number,
  m: ConversationMessageOfAssistant = {
    name: undefined,
    content: [],
    toolCalls: [],
  },
): ConversationMessageOfAssistant {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.content.push(readConversationMessageContent(r, e));
        r.leave(e);
        break;
      }
      case 26: {
        const e = r.enter();
        m.toolCalls.push(readConversationToolCalls(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationMessageOfAssistant(w: Writer, m: ConversationMessageOfAssistantInit): void {
  const v0 = m.toolCalls;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeConversationToolCalls(w, v0[i]!);
      w.delimit(s, 26);
    }
  }
  const v1 = m.content;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      const s = w.written;
      writeConversationMessageContent(w, v1[i]!);
      w.delimit(s, 18);
    }
  }
  const v2 = m.name;
  if (v2 !== undefined) {
    w.string(v2);
    w.uint32(10);
  }
}

export const ConversationMessageOfAssistant = /* @__PURE__ */ new MessageCodec<ConversationMessageOfAssistant, ConversationMessageOfAssistantInit>(
  "dapr.proto.runtime.v1.ConversationMessageOfAssistant",
  readConversationMessageOfAssistant,
  writeConversationMessageOfAssistant,
);

/** What a tool returned. */
export interface ConversationMessageOfTool {
  toolId: string | undefined;
  name: string;
  content: ConversationMessageContent[];
}
export interface ConversationMessageOfToolInit {
  toolId?: string | undefined;
  name?: string | undefined;
  content?: readonly ConversationMessageContentInit[] | undefined;
}

function readConversationMessageOfTool(
  r: Reader,
  end: number,
  m: ConversationMessageOfTool = {
    toolId: undefined,
    name: "",
    content: [],
  },
): ConversationMessageOfTool {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.toolId = r.string();
        break;
      case 18:
        m.name = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.content.push(readConversationMessageContent(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationMessageOfTool(w: Writer, m: ConversationMessageOfToolInit): void {
  const v0 = m.content;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeConversationMessageContent(w, v0[i]!);
      w.delimit(s, 26);
    }
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.toolId;
  if (v2 !== undefined) {
    w.string(v2);
    w.uint32(10);
  }
}

export const ConversationMessageOfTool = /* @__PURE__ */ new MessageCodec<ConversationMessageOfTool, ConversationMessageOfToolInit>(
  "dapr.proto.runtime.v1.ConversationMessageOfTool",
  readConversationMessageOfTool,
  writeConversationMessageOfTool,
);

/** A call of a tool that the model wants. */
export interface ConversationToolCalls {
  id: string | undefined;
  function: ConversationToolCallsOfFunction | undefined;
}
export interface ConversationToolCallsInit {
  id?: string | undefined;
  function?: ConversationToolCallsOfFunctionInit | undefined;
}

function readConversationToolCalls(
  r: Reader,
  end: number,
  m: ConversationToolCalls = {
    id: undefined,
    function: undefined,
  },
): ConversationToolCalls {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.id = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.function = readConversationToolCallsOfFunction(r, e, m.function);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationToolCalls(w: Writer, m: ConversationToolCallsInit): void {
  const v0 = m.function;
  if (v0 !== undefined) {
    const s = w.written;
    writeConversationToolCallsOfFunction(w, v0);
    w.delimit(s, 18);
  }
  const v1 = m.id;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ConversationToolCalls = /* @__PURE__ */ new MessageCodec<ConversationToolCalls, ConversationToolCallsInit>(
  "dapr.proto.runtime.v1.ConversationToolCalls",
  readConversationToolCalls,
  writeConversationToolCalls,
);

export interface ConversationToolCallsOfFunction {
  name: string;
  arguments: string;
}
export interface ConversationToolCallsOfFunctionInit {
  name?: string | undefined;
  arguments?: string | undefined;
}

function readConversationToolCallsOfFunction(
  r: Reader,
  end: number,
  m: ConversationToolCallsOfFunction = {
    name: "",
    arguments: "",
  },
): ConversationToolCallsOfFunction {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.arguments = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationToolCallsOfFunction(w: Writer, m: ConversationToolCallsOfFunctionInit): void {
  const v0 = m.arguments;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ConversationToolCallsOfFunction = /* @__PURE__ */ new MessageCodec<ConversationToolCallsOfFunction, ConversationToolCallsOfFunctionInit>(
  "dapr.proto.runtime.v1.ConversationToolCallsOfFunction",
  readConversationToolCallsOfFunction,
  writeConversationToolCallsOfFunction,
);

/** A piece of text. */
export interface ConversationMessageContent {
  text: string;
}
export interface ConversationMessageContentInit {
  text?: string | undefined;
}

function readConversationMessageContent(
  r: Reader,
  end: number,
  m: ConversationMessageContent = {
    text: "",
  },
): ConversationMessageContent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.text = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationMessageContent(w: Writer, m: ConversationMessageContentInit): void {
  const v0 = m.text;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const ConversationMessageContent = /* @__PURE__ */ new MessageCodec<ConversationMessageContent, ConversationMessageContentInit>(
  "dapr.proto.runtime.v1.ConversationMessageContent",
  readConversationMessageContent,
  writeConversationMessageContent,
);

export interface ConversationResult {
  result: string;
  parameters: Map<string, Any>;
}
export interface ConversationResultInit {
  result?: string | undefined;
  parameters?: ReadonlyMap<string, AnyInit> | undefined;
}

function readConversationResult(
  r: Reader,
  end: number,
  m: ConversationResult = {
    result: "",
    parameters: new Map(),
  },
): ConversationResult {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.result = r.string();
        break;
      case 18: {
        const e = r.enter();
        let k: string = "";
        let v: Any | undefined;
        while (r.pos < e) {
          const t = r.tag();
          if (t === 10) k = r.string();
          else if (t === 18) { const n = r.enter(); v = Any.read(r, n, v); r.leave(n); }
          else r.skip(t);
        }
        r.leave(e);
        m.parameters.set(k, v ?? Any.read(r, e));
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationResult(w: Writer, m: ConversationResultInit): void {
  const v0 = m.parameters;
  if (v0 !== undefined && v0.size > 0) {
    for (const [k, x] of [...v0].reverse()) {
      const before = w.written;
      {
      const s = w.written;
      Any.write(w, x);
      w.delimit(s, 18);
      }
      w.string(k);
      w.uint32(10);
      w.delimit(before, 18);
    }
  }
  const v1 = m.result;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ConversationResult = /* @__PURE__ */ new MessageCodec<ConversationResult, ConversationResultInit>(
  "dapr.proto.runtime.v1.ConversationResult",
  readConversationResult,
  writeConversationResult,
);

export interface ConversationResultAlpha2 {
  choices: ConversationResultChoices[];
  model: string | undefined;
  usage: ConversationResultAlpha2CompletionUsage | undefined;
}
export interface ConversationResultAlpha2Init {
  choices?: readonly ConversationResultChoicesInit[] | undefined;
  model?: string | undefined;
  usage?: ConversationResultAlpha2CompletionUsageInit | undefined;
}

function readConversationResultAlpha2(
  r: Reader,
  end: number,
  m: ConversationResultAlpha2 = {
    choices: [],
    model: undefined,
    usage: undefined,
  },
): ConversationResultAlpha2 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.choices.push(readConversationResultChoices(r, e));
        r.leave(e);
        break;
      }
      case 18:
        m.model = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.usage = readConversationResultAlpha2CompletionUsage(r, e, m.usage);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationResultAlpha2(w: Writer, m: ConversationResultAlpha2Init): void {
  const v0 = m.usage;
  if (v0 !== undefined) {
    const s = w.written;
    writeConversationResultAlpha2CompletionUsage(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.model;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.choices;
  if (v2 !== undefined && v2.length > 0) {
    for (let i = v2.length - 1; i >= 0; i--) {
      const s = w.written;
      writeConversationResultChoices(w, v2[i]!);
      w.delimit(s, 10);
    }
  }
}

export const ConversationResultAlpha2 = /* @__PURE__ */ new MessageCodec<ConversationResultAlpha2, ConversationResultAlpha2Init>(
  "dapr.proto.runtime.v1.ConversationResultAlpha2",
  readConversationResultAlpha2,
  writeConversationResultAlpha2,
);

/** Tokens that were used. */
export interface ConversationResultAlpha2CompletionUsage {
  completionTokens: bigint;
  promptTokens: bigint;
  totalTokens: bigint;
  completionTokensDetails: ConversationResultAlpha2CompletionUsageCompletionTokensDetails | undefined;
  promptTokensDetails: ConversationResultAlpha2CompletionUsagePromptTokensDetails | undefined;
}
export interface ConversationResultAlpha2CompletionUsageInit {
  completionTokens?: bigint | undefined;
  promptTokens?: bigint | undefined;
  totalTokens?: bigint | undefined;
  completionTokensDetails?: ConversationResultAlpha2CompletionUsageCompletionTokensDetailsInit | undefined;
  promptTokensDetails?: ConversationResultAlpha2CompletionUsagePromptTokensDetailsInit | undefined;
}

function readConversationResultAlpha2CompletionUsage(
  r: Reader,
  end: number,
  m: ConversationResultAlpha2CompletionUsage = {
    completionTokens: 0n,
    promptTokens: 0n,
    totalTokens: 0n,
    completionTokensDetails: undefined,
    promptTokensDetails: undefined,
  },
): ConversationResultAlpha2CompletionUsage {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.completionTokens = r.uint64();
        break;
      case 16:
        m.promptTokens = r.uint64();
        break;
      case 24:
        m.totalTokens = r.uint64();
        break;
      case 34: {
        const e = r.enter();
        m.completionTokensDetails = readConversationResultAlpha2CompletionUsageCompletionTokensDetails(r, e, m.completionTokensDetails);
        r.leave(e);
        break;
      }
      case 42: {
        const e = r.enter();
        m.promptTokensDetails = readConversationResultAlpha2CompletionUsagePromptTokensDetails(r, e, m.promptTokensDetails);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationResultAlpha2CompletionUsage(w: Writer, m: ConversationResultAlpha2CompletionUsageInit): void {
  const v0 = m.promptTokensDetails;
  if (v0 !== undefined) {
    const s = w.written;
    writeConversationResultAlpha2CompletionUsagePromptTokensDetails(w, v0);
    w.delimit(s, 42);
  }
  const v1 = m.completionTokensDetails;
  if (v1 !== undefined) {
    const s = w.written;
    writeConversationResultAlpha2CompletionUsageCompletionTokensDetails(w, v1);
    w.delimit(s, 34);
  }
  const v2 = m.totalTokens;
  if (v2) {
    w.uint64(v2);
    w.uint32(24);
  }
  const v3 = m.promptTokens;
  if (v3) {
    w.uint64(v3);
    w.uint32(16);
  }
  const v4 = m.completionTokens;
  if (v4) {
    w.uint64(v4);
    w.uint32(8);
  }
}

export const ConversationResultAlpha2CompletionUsage = /* @__PURE__ */ new MessageCodec<ConversationResultAlpha2CompletionUsage, ConversationResultAlpha2CompletionUsageInit>(
  "dapr.proto.runtime.v1.ConversationResultAlpha2CompletionUsage",
  readConversationResultAlpha2CompletionUsage,
  writeConversationResultAlpha2CompletionUsage,
);

export interface ConversationResultAlpha2CompletionUsageCompletionTokensDetails {
  acceptedPredictionTokens: bigint;
  audioTokens: bigint;
  reasoningTokens: bigint;
  rejectedPredictionTokens: bigint;
}
export interface ConversationResultAlpha2CompletionUsageCompletionTokensDetailsInit {
  acceptedPredictionTokens?: bigint | undefined;
  audioTokens?: bigint | undefined;
  reasoningTokens?: bigint | undefined;
  rejectedPredictionTokens?: bigint | undefined;
}

function readConversationResultAlpha2CompletionUsageCompletionTokensDetails(
  r: Reader,
  end: number,
  m: ConversationResultAlpha2CompletionUsageCompletionTokensDetails = {
    acceptedPredictionTokens: 0n,
    audioTokens: 0n,
    reasoningTokens: 0n,
    rejectedPredictionTokens: 0n,
  },
): ConversationResultAlpha2CompletionUsageCompletionTokensDetails {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.acceptedPredictionTokens = r.uint64();
        break;
      case 16:
        m.audioTokens = r.uint64();
        break;
      case 24:
        m.reasoningTokens = r.uint64();
        break;
      case 32:
        m.rejectedPredictionTokens = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationResultAlpha2CompletionUsageCompletionTokensDetails(w: Writer, m: ConversationResultAlpha2CompletionUsageCompletionTokensDetailsInit): void {
  const v0 = m.rejectedPredictionTokens;
  if (v0) {
    w.uint64(v0);
    w.uint32(32);
  }
  const v1 = m.reasoningTokens;
  if (v1) {
    w.uint64(v1);
    w.uint32(24);
  }
  const v2 = m.audioTokens;
  if (v2) {
    w.uint64(v2);
    w.uint32(16);
  }
  const v3 = m.acceptedPredictionTokens;
  if (v3) {
    w.uint64(v3);
    w.uint32(8);
  }
}

export const ConversationResultAlpha2CompletionUsageCompletionTokensDetails = /* @__PURE__ */ new MessageCodec<ConversationResultAlpha2CompletionUsageCompletionTokensDetails, ConversationResultAlpha2CompletionUsageCompletionTokensDetailsInit>(
  "dapr.proto.runtime.v1.ConversationResultAlpha2CompletionUsageCompletionTokensDetails",
  readConversationResultAlpha2CompletionUsageCompletionTokensDetails,
  writeConversationResultAlpha2CompletionUsageCompletionTokensDetails,
);

export interface ConversationResultAlpha2CompletionUsagePromptTokensDetails {
  audioTokens: bigint;
  cachedTokens: bigint;
}
export interface ConversationResultAlpha2CompletionUsagePromptTokensDetailsInit {
  audioTokens?: bigint | undefined;
  cachedTokens?: bigint | undefined;
}

function readConversationResultAlpha2CompletionUsagePromptTokensDetails(
  r: Reader,
  end: number,
  m: ConversationResultAlpha2CompletionUsagePromptTokensDetails = {
    audioTokens: 0n,
    cachedTokens: 0n,
  },
): ConversationResultAlpha2CompletionUsagePromptTokensDetails {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 8:
        m.audioTokens = r.uint64();
        break;
      case 16:
        m.cachedTokens = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationResultAlpha2CompletionUsagePromptTokensDetails(w: Writer, m: ConversationResultAlpha2CompletionUsagePromptTokensDetailsInit): void {
  const v0 = m.cachedTokens;
  if (v0) {
    w.uint64(v0);
    w.uint32(16);
  }
  const v1 = m.audioTokens;
  if (v1) {
    w.uint64(v1);
    w.uint32(8);
  }
}

export const ConversationResultAlpha2CompletionUsagePromptTokensDetails = /* @__PURE__ */ new MessageCodec<ConversationResultAlpha2CompletionUsagePromptTokensDetails, ConversationResultAlpha2CompletionUsagePromptTokensDetailsInit>(
  "dapr.proto.runtime.v1.ConversationResultAlpha2CompletionUsagePromptTokensDetails",
  readConversationResultAlpha2CompletionUsagePromptTokensDetails,
  writeConversationResultAlpha2CompletionUsagePromptTokensDetails,
);

/** One answer of the model, and why it ended. */
export interface ConversationResultChoices {
  finishReason: string;
  index: bigint;
  message: ConversationResultMessage | undefined;
}
export interface ConversationResultChoicesInit {
  finishReason?: string | undefined;
  index?: bigint | undefined;
  message?: ConversationResultMessageInit | undefined;
}

function readConversationResultChoices(
  r: Reader,
  end: number,
  m: ConversationResultChoices = {
    finishReason: "",
    index: 0n,
    message: undefined,
  },
): ConversationResultChoices {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.finishReason = r.string();
        break;
      case 16:
        m.index = r.int64();
        break;
      case 26: {
        const e = r.enter();
        m.message = readConversationResultMessage(r, e, m.message);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationResultChoices(w: Writer, m: ConversationResultChoicesInit): void {
  const v0 = m.message;
  if (v0 !== undefined) {
    const s = w.written;
    writeConversationResultMessage(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.index;
  if (v1) {
    w.uint64(v1);
    w.uint32(16);
  }
  const v2 = m.finishReason;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const ConversationResultChoices = /* @__PURE__ */ new MessageCodec<ConversationResultChoices, ConversationResultChoicesInit>(
  "dapr.proto.runtime.v1.ConversationResultChoices",
  readConversationResultChoices,
  writeConversationResultChoices,
);

export interface ConversationResultMessage {
  content: string;
  toolCalls: ConversationToolCalls[];
}
export interface ConversationResultMessageInit {
  content?: string | undefined;
  toolCalls?: readonly ConversationToolCallsInit[] | undefined;
}

function readConversationResultMessage(
  r: Reader,
  end: number,
  m: ConversationResultMessage = {
    content: "",
    toolCalls: [],
  },
): ConversationResultMessage {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.content = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.toolCalls.push(readConversationToolCalls(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationResultMessage(w: Writer, m: ConversationResultMessageInit): void {
  const v0 = m.toolCalls;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeConversationToolCalls(w, v0[i]!);
      w.delimit(s, 18);
    }
  }
  const v1 = m.content;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ConversationResultMessage = /* @__PURE__ */ new MessageCodec<ConversationResultMessage, ConversationResultMessageInit>(
  "dapr.proto.runtime.v1.ConversationResultMessage",
  readConversationResultMessage,
  writeConversationResultMessage,
);

export interface ConversationResponse {
  contextID: string | undefined;
  outputs: ConversationResult[];
}
export interface ConversationResponseInit {
  contextID?: string | undefined;
  outputs?: readonly ConversationResultInit[] | undefined;
}

function readConversationResponse(
  r: Reader,
  end: number,
  m: ConversationResponse = {
    contextID: undefined,
    outputs: [],
  },
): ConversationResponse {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.contextID = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.outputs.push(readConversationResult(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationResponse(w: Writer, m: ConversationResponseInit): void {
  const v0 = m.outputs;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeConversationResult(w, v0[i]!);
      w.delimit(s, 18);
    }
  }
  const v1 = m.contextID;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ConversationResponse = /* @__PURE__ */ new MessageCodec<ConversationResponse, ConversationResponseInit>(
  "dapr.proto.runtime.v1.ConversationResponse",
  readConversationResponse,
  writeConversationResponse,
);

export interface ConversationResponseAlpha2 {
  contextId: string | undefined;
  outputs: ConversationResultAlpha2[];
}
export interface ConversationResponseAlpha2Init {
  contextId?: string | undefined;
  outputs?: readonly ConversationResultAlpha2Init[] | undefined;
}

function readConversationResponseAlpha2(
  r: Reader,
  end: number,
  m: ConversationResponseAlpha2 = {
    contextId: undefined,
    outputs: [],
  },
): ConversationResponseAlpha2 {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.contextId = r.string();
        break;
      case 18: {
        const e = r.enter();
        m.outputs.push(readConversationResultAlpha2(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationResponseAlpha2(w: Writer, m: ConversationResponseAlpha2Init): void {
  const v0 = m.outputs;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeConversationResultAlpha2(w, v0[i]!);
      w.delimit(s, 18);
    }
  }
  const v1 = m.contextId;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(10);
  }
}

export const ConversationResponseAlpha2 = /* @__PURE__ */ new MessageCodec<ConversationResponseAlpha2, ConversationResponseAlpha2Init>(
  "dapr.proto.runtime.v1.ConversationResponseAlpha2",
  readConversationResponseAlpha2,
  writeConversationResponseAlpha2,
);

/** A tool that the model may call. */
export interface ConversationTools {
  function: ConversationToolsFunction | undefined;
}
export interface ConversationToolsInit {
  function?: ConversationToolsFunctionInit | undefined;
}

function readConversationTools(
  r: Reader,
  end: number,
  m: ConversationTools = {
    function: undefined,
  },
): ConversationTools {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.function = readConversationToolsFunction(r, e, m.function);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationTools(w: Writer, m: ConversationToolsInit): void {
  const v0 = m.function;
  if (v0 !== undefined) {
    const s = w.written;
    writeConversationToolsFunction(w, v0);
    w.delimit(s, 10);
  }
}

export const ConversationTools = /* @__PURE__ */ new MessageCodec<ConversationTools, ConversationToolsInit>(
  "dapr.proto.runtime.v1.ConversationTools",
  readConversationTools,
  writeConversationTools,
);

/** Its name, purpose and parameters; these are a JSON schema. */
export interface ConversationToolsFunction {
  name: string;
  description: string | undefined;
  parameters: Struct | undefined;
}
export interface ConversationToolsFunctionInit {
  name?: string | undefined;
  description?: string | undefined;
  parameters?: StructInit | undefined;
}

function readConversationToolsFunction(
  r: Reader,
  end: number,
  m: ConversationToolsFunction = {
    name: "",
    description: undefined,
    parameters: undefined,
  },
): ConversationToolsFunction {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.description = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.parameters = Struct.read(r, e, m.parameters);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeConversationToolsFunction(w: Writer, m: ConversationToolsFunctionInit): void {
  const v0 = m.parameters;
  if (v0 !== undefined) {
    const s = w.written;
    Struct.write(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.description;
  if (v1 !== undefined) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.name;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const ConversationToolsFunction = /* @__PURE__ */ new MessageCodec<ConversationToolsFunction, ConversationToolsFunctionInit>(
  "dapr.proto.runtime.v1.ConversationToolsFunction",
  readConversationToolsFunction,
  writeConversationToolsFunction,
);
