// Generated from proto/google/rpc/error_details.proto by tools/generate-proto.ts. Do not edit.
import { Duration, type DurationInit } from "../protobuf/duration.ts";
import { MessageCodec, type Reader, type Writer, readStringEntry, writeStringMap } from "../../wire.ts";

/** Why a call failed, in words for programs: the reason is constant within its domain. */
export interface ErrorInfo {
  reason: string;
  domain: string;
  metadata: Map<string, string>;
}
export interface ErrorInfoInit {
  reason?: string | undefined;
  domain?: string | undefined;
  metadata?: ReadonlyMap<string, string> | undefined;
}

function readErrorInfo(
  r: Reader,
  end: number,
  m: ErrorInfo = {
    reason: "",
    domain: "",
    metadata: new Map(),
  },
): ErrorInfo {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.reason = r.string();
        break;
      case 18:
        m.domain = r.string();
        break;
      case 26:
        readStringEntry(r, m.metadata);
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeErrorInfo(w: Writer, m: ErrorInfoInit): void {
  const v0 = m.metadata;
  if (v0 !== undefined && v0.size > 0) {
    writeStringMap(w, v0, 26);
  }
  const v1 = m.domain;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.reason;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const ErrorInfo = /* @__PURE__ */ new MessageCodec<ErrorInfo, ErrorInfoInit>(
  "google.rpc.ErrorInfo",
  readErrorInfo,
  writeErrorInfo,
);

/** When the client may try again. */
export interface RetryInfo {
  retryDelay: Duration | undefined;
}
export interface RetryInfoInit {
  retryDelay?: DurationInit | undefined;
}

function readRetryInfo(
  r: Reader,
  end: number,
  m: RetryInfo = {
    retryDelay: undefined,
  },
): RetryInfo {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.retryDelay = Duration.read(r, e, m.retryDelay);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeRetryInfo(w: Writer, m: RetryInfoInit): void {
  const v0 = m.retryDelay;
  if (v0 !== undefined) {
    const s = w.written;
    Duration.write(w, v0);
    w.delimit(s, 10);
  }
}

export const RetryInfo = /* @__PURE__ */ new MessageCodec<RetryInfo, RetryInfoInit>(
  "google.rpc.RetryInfo",
  readRetryInfo,
  writeRetryInfo,
);

/** Where it failed, for developers. */
export interface DebugInfo {
  stackEntries: string[];
  detail: string;
}
export interface DebugInfoInit {
  stackEntries?: readonly string[] | undefined;
  detail?: string | undefined;
}

function readDebugInfo(
  r: Reader,
  end: number,
  m: DebugInfo = {
    stackEntries: [],
    detail: "",
  },
): DebugInfo {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.stackEntries.push(r.string());
        break;
      case 18:
        m.detail = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeDebugInfo(w: Writer, m: DebugInfoInit): void {
  const v0 = m.detail;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.stackEntries;
  if (v1 !== undefined && v1.length > 0) {
    for (let i = v1.length - 1; i >= 0; i--) {
      w.string(v1[i]!);
      w.uint32(10);
    }
  }
}

export const DebugInfo = /* @__PURE__ */ new MessageCodec<DebugInfo, DebugInfoInit>(
  "google.rpc.DebugInfo",
  readDebugInfo,
  writeDebugInfo,
);

/** Which limits were exceeded. */
export interface QuotaFailure {
  violations: QuotaFailure_Violation[];
}
export interface QuotaFailureInit {
  violations?: readonly QuotaFailure_ViolationInit[] | undefined;
}

function readQuotaFailure(
  r: Reader,
  end: number,
  m: QuotaFailure = {
    violations: [],
  },
): QuotaFailure {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.violations.push(readQuotaFailure_Violation(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeQuotaFailure(w: Writer, m: QuotaFailureInit): void {
  const v0 = m.violations;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeQuotaFailure_Violation(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const QuotaFailure = /* @__PURE__ */ new MessageCodec<QuotaFailure, QuotaFailureInit>(
  "google.rpc.QuotaFailure",
  readQuotaFailure,
  writeQuotaFailure,
);

export interface QuotaFailure_Violation {
  subject: string;
  description: string;
  apiService: string;
  quotaMetric: string;
  quotaId: string;
  quotaDimensions: Map<string, string>;
  quotaValue: bigint;
  futureQuotaValue: bigint | undefined;
}
export interface QuotaFailure_ViolationInit {
  subject?: string | undefined;
  description?: string | undefined;
  apiService?: string | undefined;
  quotaMetric?: string | undefined;
  quotaId?: string | undefined;
  quotaDimensions?: ReadonlyMap<string, string> | undefined;
  quotaValue?: bigint | undefined;
  futureQuotaValue?: bigint | undefined;
}

function readQuotaFailure_Violation(
  r: Reader,
  end: number,
  m: QuotaFailure_Violation = {
    subject: "",
    description: "",
    apiService: "",
    quotaMetric: "",
    quotaId: "",
    quotaDimensions: new Map(),
    quotaValue: 0n,
    futureQuotaValue: undefined,
  },
): QuotaFailure_Violation {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.subject = r.string();
        break;
      case 18:
        m.description = r.string();
        break;
      case 26:
        m.apiService = r.string();
        break;
      case 34:
        m.quotaMetric = r.string();
        break;
      case 42:
        m.quotaId = r.string();
        break;
      case 50:
        readStringEntry(r, m.quotaDimensions);
        break;
      case 56:
        m.quotaValue = r.int64();
        break;
      case 64:
        m.futureQuotaValue = r.int64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeQuotaFailure_Violation(w: Writer, m: QuotaFailure_ViolationInit): void {
  const v0 = m.futureQuotaValue;
  if (v0 !== undefined) {
    w.uint64(v0);
    w.uint32(64);
  }
  const v1 = m.quotaValue;
  if (v1) {
    w.uint64(v1);
    w.uint32(56);
  }
  const v2 = m.quotaDimensions;
  if (v2 !== undefined && v2.size > 0) {
    writeStringMap(w, v2, 50);
  }
  const v3 = m.quotaId;
  if (v3) {
    w.string(v3);
    w.uint32(42);
  }
  const v4 = m.quotaMetric;
  if (v4) {
    w.string(v4);
    w.uint32(34);
  }
  const v5 = m.apiService;
  if (v5) {
    w.string(v5);
    w.uint32(26);
  }
  const v6 = m.description;
  if (v6) {
    w.string(v6);
    w.uint32(18);
  }
  const v7 = m.subject;
  if (v7) {
    w.string(v7);
    w.uint32(10);
  }
}

export const QuotaFailure_Violation = /* @__PURE__ */ new MessageCodec<QuotaFailure_Violation, QuotaFailure_ViolationInit>(
  "google.rpc.QuotaFailure.Violation",
  readQuotaFailure_Violation,
  writeQuotaFailure_Violation,
);

/** What has to hold before the call can succeed. */
export interface PreconditionFailure {
  violations: PreconditionFailure_Violation[];
}
export interface PreconditionFailureInit {
  violations?: readonly PreconditionFailure_ViolationInit[] | undefined;
}

function readPreconditionFailure(
  r: Reader,
  end: number,
  m: PreconditionFailure = {
    violations: [],
  },
): PreconditionFailure {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.violations.push(readPreconditionFailure_Violation(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePreconditionFailure(w: Writer, m: PreconditionFailureInit): void {
  const v0 = m.violations;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writePreconditionFailure_Violation(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const PreconditionFailure = /* @__PURE__ */ new MessageCodec<PreconditionFailure, PreconditionFailureInit>(
  "google.rpc.PreconditionFailure",
  readPreconditionFailure,
  writePreconditionFailure,
);

export interface PreconditionFailure_Violation {
  type: string;
  subject: string;
  description: string;
}
export interface PreconditionFailure_ViolationInit {
  type?: string | undefined;
  subject?: string | undefined;
  description?: string | undefined;
}

function readPreconditionFailure_Violation(
  r: Reader,
  end: number,
  m: PreconditionFailure_Violation = {
    type: "",
    subject: "",
    description: "",
  },
): PreconditionFailure_Violation {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.type = r.string();
        break;
      case 18:
        m.subject = r.string();
        break;
      case 26:
        m.description = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writePreconditionFailure_Violation(w: Writer, m: PreconditionFailure_ViolationInit): void {
  const v0 = m.description;
  if (v0) {
    w.string(v0);
    w.uint32(26);
  }
  const v1 = m.subject;
  if (v1) {
    w.string(v1);
    w.uint32(18);
  }
  const v2 = m.type;
  if (v2) {
    w.string(v2);
    w.uint32(10);
  }
}

export const PreconditionFailure_Violation = /* @__PURE__ */ new MessageCodec<PreconditionFailure_Violation, PreconditionFailure_ViolationInit>(
  "google.rpc.PreconditionFailure.Violation",
  readPreconditionFailure_Violation,
  writePreconditionFailure_Violation,
);

/** Which fields of the request are wrong. */
export interface BadRequest {
  fieldViolations: BadRequest_FieldViolation[];
}
export interface BadRequestInit {
  fieldViolations?: readonly BadRequest_FieldViolationInit[] | undefined;
}

function readBadRequest(
  r: Reader,
  end: number,
  m: BadRequest = {
    fieldViolations: [],
  },
): BadRequest {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.fieldViolations.push(readBadRequest_FieldViolation(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBadRequest(w: Writer, m: BadRequestInit): void {
  const v0 = m.fieldViolations;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeBadRequest_FieldViolation(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const BadRequest = /* @__PURE__ */ new MessageCodec<BadRequest, BadRequestInit>(
  "google.rpc.BadRequest",
  readBadRequest,
  writeBadRequest,
);

export interface BadRequest_FieldViolation {
  field: string;
  description: string;
  reason: string;
  localizedMessage: LocalizedMessage | undefined;
}
export interface BadRequest_FieldViolationInit {
  field?: string | undefined;
  description?: string | undefined;
  reason?: string | undefined;
  localizedMessage?: LocalizedMessageInit | undefined;
}

function readBadRequest_FieldViolation(
  r: Reader,
  end: number,
  m: BadRequest_FieldViolation = {
    field: "",
    description: "",
    reason: "",
    localizedMessage: undefined,
  },
): BadRequest_FieldViolation {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.field = r.string();
        break;
      case 18:
        m.description = r.string();
        break;
      case 26:
        m.reason = r.string();
        break;
      case 34: {
        const e = r.enter();
        m.localizedMessage = readLocalizedMessage(r, e, m.localizedMessage);
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeBadRequest_FieldViolation(w: Writer, m: BadRequest_FieldViolationInit): void {
  const v0 = m.localizedMessage;
  if (v0 !== undefined) {
    const s = w.written;
    writeLocalizedMessage(w, v0);
    w.delimit(s, 34);
  }
  const v1 = m.reason;
  if (v1) {
    w.string(v1);
    w.uint32(26);
  }
  const v2 = m.description;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.field;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const BadRequest_FieldViolation = /* @__PURE__ */ new MessageCodec<BadRequest_FieldViolation, BadRequest_FieldViolationInit>(
  "google.rpc.BadRequest.FieldViolation",
  readBadRequest_FieldViolation,
  writeBadRequest_FieldViolation,
);

/** Identifies the request in logs. */
export interface RequestInfo {
  requestId: string;
  servingData: string;
}
export interface RequestInfoInit {
  requestId?: string | undefined;
  servingData?: string | undefined;
}

function readRequestInfo(
  r: Reader,
  end: number,
  m: RequestInfo = {
    requestId: "",
    servingData: "",
  },
): RequestInfo {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.requestId = r.string();
        break;
      case 18:
        m.servingData = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeRequestInfo(w: Writer, m: RequestInfoInit): void {
  const v0 = m.servingData;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.requestId;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const RequestInfo = /* @__PURE__ */ new MessageCodec<RequestInfo, RequestInfoInit>(
  "google.rpc.RequestInfo",
  readRequestInfo,
  writeRequestInfo,
);

/** The resource that the call was about, for example a state store. */
export interface ResourceInfo {
  resourceType: string;
  resourceName: string;
  owner: string;
  description: string;
}
export interface ResourceInfoInit {
  resourceType?: string | undefined;
  resourceName?: string | undefined;
  owner?: string | undefined;
  description?: string | undefined;
}

function readResourceInfo(
  r: Reader,
  end: number,
  m: ResourceInfo = {
    resourceType: "",
    resourceName: "",
    owner: "",
    description: "",
  },
): ResourceInfo {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.resourceType = r.string();
        break;
      case 18:
        m.resourceName = r.string();
        break;
      case 26:
        m.owner = r.string();
        break;
      case 34:
        m.description = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeResourceInfo(w: Writer, m: ResourceInfoInit): void {
  const v0 = m.description;
  if (v0) {
    w.string(v0);
    w.uint32(34);
  }
  const v1 = m.owner;
  if (v1) {
    w.string(v1);
    w.uint32(26);
  }
  const v2 = m.resourceName;
  if (v2) {
    w.string(v2);
    w.uint32(18);
  }
  const v3 = m.resourceType;
  if (v3) {
    w.string(v3);
    w.uint32(10);
  }
}

export const ResourceInfo = /* @__PURE__ */ new MessageCodec<ResourceInfo, ResourceInfoInit>(
  "google.rpc.ResourceInfo",
  readResourceInfo,
  writeResourceInfo,
);

/** Pages to read. */
export interface Help {
  links: Help_Link[];
}
export interface HelpInit {
  links?: readonly Help_LinkInit[] | undefined;
}

function readHelp(
  r: Reader,
  end: number,
  m: Help = {
    links: [],
  },
): Help {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.links.push(readHelp_Link(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeHelp(w: Writer, m: HelpInit): void {
  const v0 = m.links;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeHelp_Link(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const Help = /* @__PURE__ */ new MessageCodec<Help, HelpInit>(
  "google.rpc.Help",
  readHelp,
  writeHelp,
);

export interface Help_Link {
  description: string;
  url: string;
}
export interface Help_LinkInit {
  description?: string | undefined;
  url?: string | undefined;
}

function readHelp_Link(
  r: Reader,
  end: number,
  m: Help_Link = {
    description: "",
    url: "",
  },
): Help_Link {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.description = r.string();
        break;
      case 18:
        m.url = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeHelp_Link(w: Writer, m: Help_LinkInit): void {
  const v0 = m.url;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.description;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const Help_Link = /* @__PURE__ */ new MessageCodec<Help_Link, Help_LinkInit>(
  "google.rpc.Help.Link",
  readHelp_Link,
  writeHelp_Link,
);

/** The error in the words of the user's language. */
export interface LocalizedMessage {
  locale: string;
  message: string;
}
export interface LocalizedMessageInit {
  locale?: string | undefined;
  message?: string | undefined;
}

function readLocalizedMessage(
  r: Reader,
  end: number,
  m: LocalizedMessage = {
    locale: "",
    message: "",
  },
): LocalizedMessage {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.locale = r.string();
        break;
      case 18:
        m.message = r.string();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeLocalizedMessage(w: Writer, m: LocalizedMessageInit): void {
  const v0 = m.message;
  if (v0) {
    w.string(v0);
    w.uint32(18);
  }
  const v1 = m.locale;
  if (v1) {
    w.string(v1);
    w.uint32(10);
  }
}

export const LocalizedMessage = /* @__PURE__ */ new MessageCodec<LocalizedMessage, LocalizedMessageInit>(
  "google.rpc.LocalizedMessage",
  readLocalizedMessage,
  writeLocalizedMessage,
);
