/**
 * The one error of the public APIs. It knows its HTTP and its gRPC form; `kit/http` and `kit/rpc` render it.
 * @see spec 01 §4
 */
import { codeName, code as codes, type GrpcCode } from "../rpc/status.ts";

/** Label of dapr_error_code_total. */
export type ErrorCategory =
  | "actor"
  | "binding"
  | "common"
  | "configuration"
  | "conversation"
  | "crypto"
  | "health"
  | "job"
  | "lock"
  | "pluggable-component"
  | "pubsub"
  | "secret"
  | "service-invocation"
  | "state"
  | "workflow";

/** google.rpc.* details, in wire order. */
export type ErrorDetail =
  | {
      readonly type: "ErrorInfo";
      readonly reason: string;
      readonly domain: string;
      /** undefined is `null` over HTTP. */
      readonly metadata?: ReadonlyMap<string, string> | undefined;
    }
  | {
      readonly type: "ResourceInfo";
      readonly resourceType: string;
      readonly resourceName: string;
      readonly owner?: string;
      readonly description?: string;
    }
  | {
      readonly type: "BadRequest";
      readonly violations: readonly { readonly field: string; readonly description: string }[];
    }
  | {
      readonly type: "Help";
      readonly links: readonly { readonly description: string; readonly url: string }[];
    };

/**
 * simple: no details anywhere. basic: one ErrorInfo on gRPC, none over HTTP. detailed: details on both.
 * Spec 01 §4 calls them S, B and D; an error that is S over HTTP and B over gRPC is "basic".
 */
export type ErrorForm = "simple" | "basic" | "detailed";

export interface ApiErrorInit {
  readonly form: ErrorForm;
  readonly message: string;
  readonly httpStatus: number;
  readonly grpcCode: GrpcCode;
  /** `ERR_...`: the legacy tag, or the reason where there is no tag. */
  readonly errorCode: string;
  readonly category: ErrorCategory;
  readonly details?: readonly ErrorDetail[];
  /** Differing text over HTTP (spec 01 §5.1). */
  readonly httpMessage?: string;
  readonly httpDetails?: readonly ErrorDetail[];
  readonly cause?: unknown;
}

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly form: ErrorForm;
  readonly httpStatus: number;
  readonly grpcCode: GrpcCode;
  readonly errorCode: string;
  readonly category: ErrorCategory;
  readonly details: readonly ErrorDetail[];
  readonly httpMessage: string;
  readonly httpDetails: readonly ErrorDetail[];
  /** false for errors outside the catalogue, which are not counted by error code. */
  readonly coded: boolean;

  constructor(init: ApiErrorInit & { readonly coded?: boolean }) {
    super(init.message, { cause: init.cause });
    this.form = init.form;
    this.httpStatus = init.httpStatus;
    this.grpcCode = init.grpcCode;
    this.errorCode = init.errorCode;
    this.category = init.category;
    this.details = init.details ?? noDetails;
    this.httpMessage = init.httpMessage ?? init.message;
    this.httpDetails = init.httpDetails ?? this.details;
    this.coded = init.coded ?? true;
  }

  /** How the error reads inside another error's message. */
  get embedded(): string {
    return `api error: code = ${codeName(this.grpcCode)} desc = ${this.message}`;
  }

  /** Anything else that was thrown: 500 `ERROR`, gRPC Unknown with the bare text. */
  static from(reason: unknown): ApiError {
    if (reason instanceof ApiError) return reason;
    const { code, category, form, http, grpc, coded } = unclassified;
    return new ApiError({
      form,
      message: errorText(reason),
      httpStatus: http,
      grpcCode: grpc,
      errorCode: code,
      category,
      coded,
      cause: reason,
    });
  }
}

const noDetails: readonly ErrorDetail[] = [];

/** What has no declaration of its own. */
export const unclassified = {
  code: "ERROR",
  category: "common",
  form: "simple",
  http: 500,
  grpc: codes.unknown,
  coded: false,
  message: "{cause}",
  when: "Anything else that goes wrong; the answer holds its bare text.",
  remedy: "See the text.",
} as const;

/** An error with no details on HTTP and none on gRPC. */
export function simple(message: string, init: Omit<ApiErrorInit, "form" | "message">): ApiError {
  return new ApiError({ ...init, form: "simple", message });
}

/** An error with no details on HTTP and one ErrorInfo with the error code on gRPC. */
export function basic(message: string, init: Omit<ApiErrorInit, "form" | "message">): ApiError {
  return new ApiError({
    ...init,
    form: "basic",
    message,
    details: [{ type: "ErrorInfo", reason: init.errorCode, domain: errorDomain }],
  });
}

/** An error with the same details on both protocols. */
export function detailed(message: string, init: Omit<ApiErrorInit, "form" | "message">): ApiError {
  return new ApiError({ ...init, form: "detailed", message });
}

export const errorDomain = "dapr.io";

/** The text of anything thrown; an ApiError shows its embedded form, as messages of the reference do. */
export function errorText(reason: unknown): string {
  if (reason instanceof ApiError) return reason.embedded;
  if (reason instanceof Error) return reason.message;
  return String(reason);
}
