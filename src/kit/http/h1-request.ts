/**
 * Heads of HTTP/1.1 requests, as byte strings.
 */
import { byteStringFromText } from "./byte-text.ts";
import type { HttpRequest } from "./client.ts";
import { isName, skipToken } from "./h1-head.ts";

/**
 * Request line and fields, with the empty line.
 * @param common what all requests of a client share: ` HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n`
 * @returns an Error with Go's text when something must not go on the wire
 */
export function requestHead(request: HttpRequest, common: string): string | Error {
  const { method, path, headers, body } = request;
  if (method === "" || skipToken(method, 0) !== method.length) {
    return new Error(`net/http: invalid method ${JSON.stringify(method)}`);
  }
  if (!isWirePath(path)) return new Error("net/http: can't write control character in Request.URL");
  let head = `${method} ${path}${common}`;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] as string;
    const value = headers[i + 1] as string;
    if (isOwn(name)) continue;
    if (name === "" || skipToken(name, 0) !== name.length) {
      return new Error(`net/http: invalid header field name ${JSON.stringify(name)}`);
    }
    const form = fieldForm(value);
    if (form === refused) {
      return new Error(`net/http: invalid header field value for ${JSON.stringify(name)}`);
    }
    head += `${name}: ${form === text ? byteStringFromText(value) : value}\r\n`;
  }
  if (body === "stream") {
    return request.contentLength === undefined
      ? `${head}Transfer-Encoding: chunked\r\n\r\n`
      : `${head}Content-Length: ${request.contentLength}\r\n\r\n`;
  }
  if (body !== null && body.length > 0) return `${head}Content-Length: ${body.length}\r\n\r\n`;
  // Servers may wait for a body after these verbs.
  const needsLength = method === "POST" || method === "PUT" || method === "PATCH";
  return needsLength ? `${head}Content-Length: 0\r\n\r\n` : `${head}\r\n`;
}

/** Fields that only the client may write; another's would allow two readings of one request. */
function isOwn(name: string): boolean {
  switch (name.length) {
    case 4:
      return isName(name, "host");
    case 10:
      return isName(name, "connection");
    case 14:
      return isName(name, "content-length");
    case 17:
      return isName(name, "transfer-encoding");
    default:
      return false;
  }
}

function isWirePath(path: string): boolean {
  for (let i = 0; i < path.length; i++) {
    const c = path.charCodeAt(i);
    if (c < 0x20 || c === 0x7f || c > 0xff) return false;
  }
  return path.length > 0;
}

/** Byte strings go as they are; characters beyond a byte can only be text, which goes as UTF-8. */
function fieldForm(value: string): number {
  let form = byteString;
  for (let i = 0; i < value.length; i++) {
    const c = value.charCodeAt(i);
    if ((c < 0x20 && c !== 0x09) || c === 0x7f) return refused;
    if (c > 0xff) form = text;
  }
  return form;
}

const refused = 0;
const byteString = 1;
const text = 2;
