/** The static table of HPACK (RFC 7541 appendix A); index 0 is not used. */
import { HeaderField } from "./header-field.ts";

const fields: readonly string[] = [
  ":authority=",
  ":method=GET",
  ":method=POST",
  ":path=/",
  ":path=/index.html",
  ":scheme=http",
  ":scheme=https",
  ":status=200",
  ":status=204",
  ":status=206",
  ":status=304",
  ":status=400",
  ":status=404",
  ":status=500",
  "accept-charset=",
  "accept-encoding=gzip, deflate",
  "accept-language=",
  "accept-ranges=",
  "accept=",
  "access-control-allow-origin=",
  "age=",
  "allow=",
  "authorization=",
  "cache-control=",
  "content-disposition=",
  "content-encoding=",
  "content-language=",
  "content-length=",
  "content-location=",
  "content-range=",
  "content-type=",
  "cookie=",
  "date=",
  "etag=",
  "expect=",
  "expires=",
  "from=",
  "host=",
  "if-match=",
  "if-modified-since=",
  "if-none-match=",
  "if-range=",
  "if-unmodified-since=",
  "last-modified=",
  "link=",
  "location=",
  "max-forwards=",
  "proxy-authenticate=",
  "proxy-authorization=",
  "range=",
  "referer=",
  "refresh=",
  "retry-after=",
  "server=",
  "set-cookie=",
  "strict-transport-security=",
  "transfer-encoding=",
  "user-agent=",
  "vary=",
  "via=",
  "www-authenticate=",
];

export const staticFields: readonly HeaderField[] = [
  new HeaderField("", ""),
  ...fields.map((field) => {
    const split = field.indexOf("=");
    return new HeaderField(field.slice(0, split), field.slice(split + 1));
  }),
];

/** 61 */
export const staticCount = fields.length;

/** The first index of each name. */
export const staticNameIndex: ReadonlyMap<string, number> = new Map(
  staticFields
    .map((field, index) => [field.name, index] as const)
    .slice(1)
    .reverse(),
);
