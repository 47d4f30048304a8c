/**
 * Errors as declarations: each answer of the APIs is declared once, beside its block; `docs/errors.md` is written from
 * the declarations. A declaration is plain data: nothing is made of it before the error happens.
 * @see spec 01 §4, §15
 */
import type { GrpcCode } from "../rpc/status.ts";
import {
  ApiError,
  type ErrorCategory,
  type ErrorDetail,
  type ErrorForm,
  errorDomain,
  errorText,
} from "./api-error.ts";

export interface ErrorDefinition {
  /** `ERR_...`: the legacy tag, or the reason where there is no tag. */
  readonly code: string;
  readonly category: ErrorCategory;
  readonly form: ErrorForm;
  readonly http: number;
  readonly grpc: GrpcCode;
  /** `{name}` stands for a parameter, `{cause}` for the text of what went wrong below. */
  readonly message: string;
  /** Differing text over HTTP. */
  readonly httpMessage?: string;
  /** Of the detailed form, in wire order; texts may hold parameters, and `{message}` for the whole message. */
  readonly details?: readonly ErrorDetail[];
  /** Differing details over HTTP. */
  readonly httpDetails?: readonly ErrorDetail[];
  /** false: not counted by error code. */
  readonly coded?: boolean;
  /** For docs/errors.md: what has happened, and what helps. */
  readonly when: string;
  readonly remedy: string;
}

/** What only the moment of the error knows. */
export interface ErrorOverrides
  extends Partial<Pick<ApiError, "httpStatus" | "grpcCode" | "httpMessage">> {
  /** Of the ErrorInfo among the details. */
  readonly metadata?: ReadonlyMap<string, string> | undefined;
  /** Likewise, over HTTP only. */
  readonly httpMetadata?: ReadonlyMap<string, string> | undefined;
}

/** Names between braces. */
type Placeholder<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholder<Rest>
  : never;

type Given<Name extends string> = [Name] extends [never]
  ? [parameters?: Readonly<Record<string, never>>, cause?: unknown, overrides?: ErrorOverrides]
  : [parameters: Readonly<Record<Name, string>>, cause?: unknown, overrides?: ErrorOverrides];

export interface ErrorFactory<Name extends string = string> {
  (...given: Given<Name>): ApiError;
  readonly definition: ErrorDefinition;
}

/** @param init.more names of parameters that only details mention */
export function defineError<const Text extends string, const More extends string = never>(
  init: ErrorDefinition & { readonly message: Text; readonly more?: readonly More[] },
): ErrorFactory<Exclude<Placeholder<Text>, "cause"> | More> {
  const create = (
    parameters: Readonly<Record<string, string>> = {},
    cause?: unknown,
    overrides?: ErrorOverrides,
  ): ApiError => createError(init, parameters, cause, overrides);
  return Object.assign(create, { definition: init });
}

function createError(
  definition: ErrorDefinition,
  parameters: Readonly<Record<string, string>>,
  cause: unknown,
  overrides: ErrorOverrides | undefined,
): ApiError {
  const { form, code, category, coded } = definition;
  let message: string | undefined;
  const fill = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (whole, name: string) => {
      if (name === "cause") return errorText(cause);
      if (Object.hasOwn(parameters, name)) return parameters[name] as string;
      return name === "message" ? (message ?? whole) : whole;
    });
  message = fill(definition.message);
  const { metadata, httpMetadata, ...rest } = overrides ?? {};
  const filled = (templates: readonly ErrorDetail[]): readonly ErrorDetail[] =>
    templates.map((detail) => withMetadata(fillDetail(detail, fill), metadata));
  const details = form === "basic" ? [info(code)] : filled(definition.details ?? []);
  const overHttp = definition.httpDetails === undefined ? details : filled(definition.httpDetails);
  return new ApiError({
    form,
    message,
    httpStatus: definition.http,
    grpcCode: definition.grpc,
    errorCode: code,
    category,
    coded: coded ?? true,
    details,
    httpMessage: definition.httpMessage === undefined ? message : fill(definition.httpMessage),
    httpDetails:
      httpMetadata === undefined
        ? overHttp
        : overHttp.map((detail) => withMetadata(detail, httpMetadata)),
    cause,
    ...rest,
  });
}

const withMetadata = (
  detail: ErrorDetail,
  metadata: ReadonlyMap<string, string> | undefined,
): ErrorDetail =>
  metadata === undefined || detail.type !== "ErrorInfo" ? detail : { ...detail, metadata };

/** The ErrorInfo that names a reason. */
export const info = (reason: string, metadata?: ReadonlyMap<string, string>): ErrorDetail => ({
  type: "ErrorInfo",
  reason,
  domain: errorDomain,
  metadata,
});

function fillDetail(detail: ErrorDetail, fill: (text: string) => string): ErrorDetail {
  switch (detail.type) {
    case "ErrorInfo": {
      const { metadata } = detail;
      if (metadata === undefined) return detail;
      return { ...detail, metadata: new Map([...metadata].map(([k, v]) => [k, fill(v)])) };
    }
    case "ResourceInfo":
      return {
        ...detail,
        resourceName: fill(detail.resourceName),
        description: fill(detail.description ?? ""),
      };
    case "BadRequest":
      return {
        ...detail,
        violations: detail.violations.map(({ field, description }) => ({
          field: fill(field),
          description: fill(description),
        })),
      };
    case "Help":
      return detail;
  }
}
