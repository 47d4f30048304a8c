// Generated from proto/dapr/proto/workflows/v1/mcp.proto by tools/generate-proto.ts. Do not edit.
import { MessageCodec, type Reader, type Writer, noBytes } from "../../../../wire.ts";
import { Struct, type StructInit } from "../../../../google/protobuf/struct.ts";

/** A tool is about to be called. */
export interface MCPBeforeCallToolHookInput {
  name: string;
  toolName: string;
  arguments: Struct | undefined;
}
export interface MCPBeforeCallToolHookInputInit {
  name?: string | undefined;
  toolName?: string | undefined;
  arguments?: StructInit | undefined;
}

function readMCPBeforeCallToolHookInput(
  r: Reader,
  end: number,
  m: MCPBeforeCallToolHookInput = {
    name: "",
    toolName: "",
    arguments: undefined,
  },
): MCPBeforeCallToolHookInput {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.toolName = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.arguments = Struct.read(r, e, m.arguments);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMCPBeforeCallToolHookInput(w: Writer, m: MCPBeforeCallToolHookInputInit): void {
  const v0 = m.arguments;
  if (v0 !== undefined) {
    const s = w.written;
    Struct.write(w, v0);
    w.delimit(s, 26);
  }
  const v1 = m.toolName;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.name;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const MCPBeforeCallToolHookInput = /* @__PURE__ */ new MessageCodec<MCPBeforeCallToolHookInput, MCPBeforeCallToolHookInputInit>(
  "dapr.proto.workflows.v1.MCPBeforeCallToolHookInput",
  readMCPBeforeCallToolHookInput,
  writeMCPBeforeCallToolHookInput,
);

/** A tool was called. */
export interface MCPAfterCallToolHookInput {
  name: string;
  toolName: string;
  arguments: Struct | undefined;
  result: Buffer;
}
export interface MCPAfterCallToolHookInputInit {
  name?: string | undefined;
  toolName?: string | undefined;
  arguments?: StructInit | undefined;
  result?: Uint8Array | undefined;
}

function readMCPAfterCallToolHookInput(
  r: Reader,
  end: number,
  m: MCPAfterCallToolHookInput = {
    name: "",
    toolName: "",
    arguments: undefined,
    result: noBytes,
  },
): MCPAfterCallToolHookInput {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.toolName = r.string();
        break;
      case 26: {
        const e = r.enter();
        m.arguments = Struct.read(r, e, m.arguments);
        r.leave(e);
        break;
      }
      case 34:
        m.result = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMCPAfterCallToolHookInput(w: Writer, m: MCPAfterCallToolHookInputInit): void {
  const v0 = m.result;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(34);
  }
  const v1 = m.arguments;
  if (v1 !== undefined) {
    const s = w.written;
    Struct.write(w, v1);
    w.delimit(s, 26);
  }
  const v2 = m.toolName;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.name;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const MCPAfterCallToolHookInput = /* @__PURE__ */ new MessageCodec<MCPAfterCallToolHookInput, MCPAfterCallToolHookInputInit>(
  "dapr.proto.workflows.v1.MCPAfterCallToolHookInput",
  readMCPAfterCallToolHookInput,
  writeMCPAfterCallToolHookInput,
);

/** Tools are about to be listed. */
export interface MCPBeforeListToolsHookInput {
  name: string;
}
export interface MCPBeforeListToolsHookInputInit {
  name?: string | undefined;
}

function readMCPBeforeListToolsHookInput(
  r: Reader,
  end: number,
  m: MCPBeforeListToolsHookInput = {
    name: "",
  },
): MCPBeforeListToolsHookInput {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMCPBeforeListToolsHookInput(w: Writer, m: MCPBeforeListToolsHookInputInit): void {
  const v0 = m.name;
  if (v0) {
    w.string(v0);
    w.uint32(10);
  }
}

export const MCPBeforeListToolsHookInput = /* @__PURE__ */ new MessageCodec<MCPBeforeListToolsHookInput, MCPBeforeListToolsHookInputInit>(
  "dapr.proto.workflows.v1.MCPBeforeListToolsHookInput",
  readMCPBeforeListToolsHookInput,
  writeMCPBeforeListToolsHookInput,
);

/** Tools were listed. */
export interface MCPAfterListToolsHookInput {
  name: string;
  result: Buffer;
}
export interface MCPAfterListToolsHookInputInit {
  name?: string | undefined;
  result?: Uint8Array | undefined;
}

function readMCPAfterListToolsHookInput(
  r: Reader,
  end: number,
  m: MCPAfterListToolsHookInput = {
    name: "",
    result: noBytes,
  },
): MCPAfterListToolsHookInput {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.name = r.string();
        break;
      case 18:
        m.result = r.bytes();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeMCPAfterListToolsHookInput(w: Writer, m: MCPAfterListToolsHookInputInit): void {
  const v0 = m.result;
  if (v0 !== undefined && v0.length > 0) {
    w.bytes(v0);
    w.uint32(18);
  }
  const v1 = m.name;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const MCPAfterListToolsHookInput = /* @__PURE__ */ new MessageCodec<MCPAfterListToolsHookInput, MCPAfterListToolsHookInputInit>(
  "dapr.proto.workflows.v1.MCPAfterListToolsHookInput",
  readMCPAfterListToolsHookInput,
  writeMCPAfterListToolsHookInput,
);
