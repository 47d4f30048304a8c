/**
 * What counts as personal, recognised by its shape alone. Each entity is asked position by position and looks ahead a
 * bounded stretch, or over characters that it then consumes: none of them searches the text.
 * @see spec 01 §10.4
 */
export interface Entity {
  readonly replacement: string;
  /** Where the last match ended; the next one begins there or later. */
  next: number;
  /** A quick no by the first character. */
  mayStart(code: number): boolean;
  /** End of the match that begins there, or -1. */
  endAt(at: number): number;
}

type Class = (code: number) => boolean;

const isDigit: Class = (c) => c >= 0x30 && c <= 0x39;
const isUpper: Class = (c) => c >= 0x41 && c <= 0x5a;
const isLower: Class = (c) => c >= 0x61 && c <= 0x7a;
const isAlphanumeric: Class = (c) => isDigit(c) || isUpper(c) || isLower(c);
const isHex: Class = (c) => isDigit(c) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66);
export const isWord: Class = (c) => isAlphanumeric(c) || c === 0x5f;
/** ASCII white space, without the vertical tab. */
const isSpace: Class = (c) => c === 0x20 || (c >= 0x09 && c <= 0x0d && c !== 0x0b);
const isPhoneStart: Class = (c) => isDigit(c) || c === 0x2b || c === 0x28;
const isAddressStart: Class = (c) => isHex(c) || c === 0x3a;
const isP: Class = (c) => c === 0x50 || c === 0x70;

/** By table: these are asked for every character. @param also further characters */
export function oneOf(marks: string, also: Class = () => false): Class {
  const table = new Uint8Array(128);
  for (let c = 0; c < 128; c++) {
    if (also(c) || marks.includes(String.fromCharCode(c))) table[c] = 1;
  }
  return (c) => table[c] === 1;
}

/** Later ones win over earlier ones of the same span. */
export function createEntities(text: string): readonly Entity[] {
  const address = new IpAddress(text);
  return [
    entity("STREET_ADDRESS", isDigit, street(text)),
    entity("CREDIT_CARD", isDigit, pattern(text, /(?:\d{4}[- ]?){3}\d{4}|\d{15,16}/y)),
    entity("PHONE_NUMBER", isPhoneStart, pattern(text, phoneWithExtension)),
    entity("PHONE_NUMBER", isPhoneStart, pattern(text, phone)),
    new EmailAddress(text),
    entity("IP", isAddressStart, (at) => address.endAt(at)),
    entity("ZIP_CODE", isDigit, pattern(text, /\b\d{5}(?:[-\t\n\f\r ]\d{4})?\b/y)),
    entity("PO_BOX", isP, pattern(text, /P\.? ?O\.? Box \d+/iy)),
    entity("US_SSN", isDigit, pattern(text, /\d{3}-\d{2}-\d{4}/y)),
    entity("ISBN", isDigit, pattern(text, /(?:\d-?){9}[\dxX]/y)),
    entity("ISBN", isDigit, pattern(text, /(?:\d-?){12}[\dxX]/y)),
    entity("MAC_ADDRESS", isHex, pattern(text, /(?:[a-fA-F\d]{2}[:-]){5}[a-fA-F\d]{2}/y)),
    entity("IBAN", isUpper, pattern(text, /[A-Z]{2}\d{2}[A-Z\d]{4}\d{7}[A-Z\d]{0,16}/y)),
  ];
}

const phone =
  /(?:\+?\d{1,3}[-. \t\n\f\r*]?)?(?:\(?\d{2,3}\)?[-. \t\n\f\r*]?)?\d{2,3}[-. \t\n\f\r*]?\d{2,6}/y;

/** The North American form: area, exchange, number, extension. At most 20 spaces stand between two parts. */
const phoneWithExtension =
  /(?:(?:\+?1\s{0,20}(?:[.-]\s{0,20})?)?(?:\(\s{0,20}[2-9]\d{2}\s{0,20}\)|[2-9]\d{2})\s{0,20}(?:[.-]\s{0,20})?)?[2-9]\d{2}\s{0,20}(?:[.-]\s{0,20})?\d{4}\s{0,20}(?:#|x\.?|ext\.?|extension)\s{0,20}\d*/iy;

function entity(name: string, mayStart: Class, endAt: (at: number) => number): Entity {
  return { replacement: `<${name}>`, next: 0, mayStart, endAt };
}

/** @param expression sticky */
function pattern(text: string, expression: RegExp): (at: number) => number {
  return (at) => {
    expression.lastIndex = at;
    return expression.test(text) ? expression.lastIndex : -1;
  };
}

const streetWord =
  /street|st|avenue|ave|road|rd|highway|hwy|square|sq|trail|trl|drive|dr|court|ct|park|parkway|pkwy|circle|cir|boulevard|blvd/iy;

/** House number, a space, 1 to 20 word or space characters, the last street word among them, one more non-word character. */
function street(text: string): (at: number) => number {
  const wordEnd = pattern(text, streetWord);
  return (at) => {
    let first = at;
    while (first < at + 4 && isDigit(text.charCodeAt(first))) first++;
    if (text.charCodeAt(first) !== 0x20) return -1;
    first++;
    let last = first;
    while (last < first + 20 && isWordOrSpace(text.charCodeAt(last))) last++;
    for (let begin = last; begin > first; begin--) {
      const end = isStreetStart(text.charCodeAt(begin)) ? wordEnd(begin) : -1;
      if (end < 0) continue;
      if (end === text.length || isWord(text.charCodeAt(end))) return end;
      return end + ((text.codePointAt(end) as number) > 0xffff ? 2 : 1);
    }
    return -1;
  };
}

const isWordOrSpace: Class = (c) => isWord(c) || isSpace(c);
const isStreetStart = oneOf("sarhtdcpbSARHTDCPB");

const isLocal = oneOf("!#$%&'*+/=?^_{|.}~-", isAlphanumeric);

class EmailAddress implements Entity {
  readonly replacement = "<EMAIL_ADDRESS>";
  next = 0;
  readonly #text: string;
  /** End of the run of local-part characters that was looked at last. */
  #runEnd = 0;

  constructor(text: string) {
    this.#text = text;
  }

  mayStart(code: number): boolean {
    return isLocal(code);
  }

  endAt(at: number): number {
    const text = this.#text;
    // Asked again within the same run: there was no address at its beginning, so there is none here.
    if (at < this.#runEnd && at !== this.next) return -1;
    let end = at;
    while (isLocal(text.charCodeAt(end))) end++;
    this.#runEnd = end;
    return text.charCodeAt(end) === 0x40 ? this.#domainEnd(end + 1) : -1;
  }

  /** Two labels or more; none begins or ends with a hyphen. */
  #domainEnd(from: number): number {
    const text = this.#text;
    let end = -1;
    for (let at = from, labels = 1; ; labels++) {
      const begin = at;
      let last = -1;
      for (
        let c = text.charCodeAt(at);
        isAlphanumeric(c) || c === 0x2d;
        c = text.charCodeAt(++at)
      ) {
        if (c !== 0x2d) last = at;
      }
      if (last < 0 || !isAlphanumeric(text.charCodeAt(begin))) return end;
      if (labels > 1) end = last + 1;
      if (last + 1 !== at || text.charCodeAt(at) !== 0x2e) return end;
      at++;
    }
  }
}

const octet = "(?:25[0-5]|2[0-4]\\d|[01]?\\d\\d?)";

class IpAddress {
  readonly #text: string;
  readonly #v4: (at: number) => number;

  constructor(text: string) {
    this.#text = text;
    this.#v4 = pattern(text, new RegExp(`(?:${octet}\\.){3}${octet}`, "y"));
  }

  endAt(at: number): number {
    const v4 = isDigit(this.#text.charCodeAt(at)) ? this.#v4(at) : -1;
    if (v4 > 0) return v4;
    let end = this.#v6(at);
    if (end < 0) return -1;
    // With a zone, and all white space after it.
    if (this.#text.charCodeAt(end) === 0x25) end = this.#lineEnd(end);
    while (isSpace(this.#text.charCodeAt(end))) end++;
    return end;
  }

  #v6(at: number): number {
    const text = this.#text;
    let groups = 0;
    let end = at;
    while (groups < 7) {
      const digits = this.#hexEnd(end);
      if (digits === end || text.charCodeAt(digits) !== 0x3a) break;
      groups++;
      end = digits + 1;
    }
    if (groups === 7) {
      const digits = this.#hexEnd(end);
      if (digits > end) return digits;
      return text.charCodeAt(end) === 0x3a ? end + 1 : -1;
    }
    if (groups === 6 && isDigit(text.charCodeAt(end))) return this.#v4(end);
    // The double colon; its first colon ended a group, or opens the address.
    if (groups === 0) {
      if (text.charCodeAt(end) !== 0x3a) return -1;
      end++;
    }
    if (text.charCodeAt(end) !== 0x3a) return -1;
    return this.#afterGap(end + 1, 7 - groups);
  }

  /** At most `left` groups; the last may be an IPv4 address. */
  #afterGap(from: number, left: number): number {
    let end = from;
    for (let begin = from, n = 0; n < left; n++) {
      const digits = this.#hexEnd(begin);
      if (digits === begin) break;
      end = digits;
      const v4 = isDigit(this.#text.charCodeAt(begin)) ? this.#v4(begin) : -1;
      if (v4 > end) return v4;
      if (this.#text.charCodeAt(digits) !== 0x3a) break;
      begin = digits + 1;
    }
    return end;
  }

  /** At most four. */
  #hexEnd(from: number): number {
    let end = from;
    while (end < from + 4 && isHex(this.#text.charCodeAt(end))) end++;
    return end;
  }

  #lineEnd(from: number): number {
    const end = this.#text.indexOf("\n", from + 1);
    const stop = end < 0 ? this.#text.length : end;
    return stop > from + 1 ? stop : from;
  }
}
