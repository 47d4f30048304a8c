/**
 * MCPServer documents: what is checked before a server is connected to.
 * @see spec 02 §18.1, spec 04 §3.5, §7
 */
import { isAbsolute, normalize } from "node:path";
import { scalarToString, type YamlMap } from "../../kit/resources/yaml.ts";
import { parseDuration } from "../../kit/time/duration.ts";
import { boolean, field, object, string } from "./documents.ts";
import { filled, list, maps, required, ValidationError } from "./validation.ts";

const transports = ["streamableHTTP", "sse", "stdio"] as const;

/** What decides whether a failure ends the sidecar; false where that cannot be read. */
export function ignoresErrors(document: YamlMap): boolean {
  try {
    return boolean(object(document, "spec"), "ignoreErrors");
  } catch {
    return false;
  }
}

/** @throws {ValidationError | DocumentError} the schema is not kept to */
export function validateMcpServer(document: YamlMap): void {
  const spec = object(document, "spec");
  const endpoint = object(spec, "endpoint");
  const given = transports.filter((name) => (field(endpoint, name) ?? null) !== null);
  if (given.length !== 1) {
    throw new ValidationError(
      '[].spec.endpoint: Invalid value: "object": exactly one of streamableHTTP, sse, or stdio must be set',
    );
  }
  const [transport = "stdio"] = given;
  const place = `spec.endpoint.${transport}`;
  const way = object(endpoint, transport);
  if (transport === "stdio") {
    filled(way, "command", place);
    list(way, "args");
    for (const [n, pair] of maps(way, "env").entries()) filled(pair, "name", `${place}.env[${n}]`);
  } else validateHttp(way, place);
  validateMiddleware(object(spec, "middleware"));
}

function validateHttp(way: YamlMap, place: string): void {
  filled(way, "url", place);
  const timeout = string(way, "timeout");
  if (timeout !== "") {
    try {
      parseDuration(timeout);
    } catch (cause) {
      throw new ValidationError(
        `${place}.timeout: Invalid value: ${JSON.stringify(timeout)}: ${(cause as Error).message}`,
        { cause },
      );
    }
  }
  for (const [n, pair] of maps(way, "headers").entries()) {
    filled(pair, "name", `${place}.headers[${n}]`);
  }
  const auth = object(way, "auth");
  if ((field(auth, "oauth2") ?? null) !== null) {
    filled(object(auth, "oauth2"), "issuer", `${place}.auth.oauth2`);
  }
  if ((field(auth, "spiffe") ?? null) === null) return;
  const jwt = object(object(auth, "spiffe"), "jwt");
  if (jwt.size === 0) throw required(`${place}.auth.spiffe.jwt`);
  filled(jwt, "header", `${place}.auth.spiffe.jwt`);
  filled(jwt, "audience", `${place}.auth.spiffe.jwt`);
}

function validateMiddleware(middleware: YamlMap): void {
  for (const hook of ["beforeCallTool", "afterCallTool", "beforeListTools", "afterListTools"]) {
    for (const [n, one] of maps(middleware, hook).entries()) {
      const place = `spec.middleware.${hook}[${n}].workflow`;
      filled(object(one, "workflow"), "workflowName", place);
    }
  }
}

/**
 * What the schema cannot say.
 * @throws {ValidationError} without the name of the server
 */
export function checkMcpSecurity(document: YamlMap, mode: "standalone" | "kubernetes"): void {
  const endpoint = object(object(document, "spec"), "endpoint");
  for (const transport of ["streamableHTTP", "sse"]) {
    const way = object(endpoint, transport);
    if (way.size > 0) checkUrl(string(way, "url"), transport);
  }
  const stdio = object(endpoint, "stdio");
  if (stdio.size === 0) return;
  if (mode === "kubernetes") {
    throw new ValidationError("stdio transport is not allowed in Kubernetes mode");
  }
  const command = string(stdio, "command");
  if (command.trim() === "") throw new ValidationError("stdio.command must not be empty");
  if (command.includes("/") && !isAbsolute(command) && normalize(command).startsWith("..")) {
    throw new ValidationError("stdio.command must not escape working directory");
  }
  for (const pair of maps(stdio, "env")) {
    const name = scalarToString(field(pair, "name")) ?? "";
    if (/[=\n\0]/.test(name)) {
      throw new ValidationError(
        `stdio.env name ${JSON.stringify(name)} contains invalid characters`,
      );
    }
  }
}

function checkUrl(text: string, transport: string): void {
  const [, scheme = ""] = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text) ?? [];
  if (!/^https?$/i.test(scheme)) {
    throw new ValidationError(
      `${transport}.url scheme must be http or https, got ${JSON.stringify(scheme.toLowerCase())}`,
    );
  }
  const [, authority = ""] = /^[^:]*:\/\/([^/?#]*)/.exec(text) ?? [];
  if (authority.replace(/^.*@/, "") === "") {
    throw new ValidationError(`${transport}.url must have a host`);
  }
}
