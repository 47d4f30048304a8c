/** What S3 answers, out of XML: elements and their text; attributes, comments and declarations are left out. */

export class XmlElement {
  readonly name: string;
  readonly children: XmlElement[] = [];
  text = "";

  constructor(name: string) {
    this.name = name;
  }

  /** Of the first child with that name; undefined: there is none. */
  textOf(name: string): string | undefined {
    return this.child(name)?.text;
  }

  child(name: string): XmlElement | undefined {
    return this.children.find((child) => child.name === name);
  }

  all(name: string): readonly XmlElement[] {
    return this.children.filter((child) => child.name === name);
  }
}

const token =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<[?!][^>]*>|<(\/?)([^\s/>]+)[^>]*?(\/?)>/g;

/** @returns the outermost element @throws {Error} it is no XML */
export function parseXml(text: string): XmlElement {
  const root = new XmlElement("");
  const open = [root];
  const innermost = (): XmlElement => open.at(-1) as XmlElement;
  let end = 0;
  for (const match of text.matchAll(token)) {
    const [all, raw, slash, name, isEmpty] = match;
    innermost().text += unescapeXml(text.slice(end, match.index)) + (raw ?? "");
    end = match.index + all.length;
    if (name === undefined) continue;
    if (slash === "/") {
      if (open.length === 1 || innermost().name !== name) throw new Error("invalid XML");
      open.pop();
      continue;
    }
    const element = new XmlElement(name);
    innermost().children.push(element);
    if (isEmpty !== "/") open.push(element);
  }
  const [outermost] = root.children;
  if (outermost === undefined || open.length > 1) throw new Error("invalid XML");
  return outermost;
}

const named: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

const unescapeXml = (text: string): string =>
  text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));/g, (all, hex, decimal, name) => {
    if (name !== undefined) return named.get(name) ?? all;
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point <= 0x10_ff_ff ? String.fromCodePoint(point) : all;
  });

/** What no parser may take for markup, or change. */
export const escapeXml = (text: string): string =>
  text.replace(/[<>&"'\r\n\t]/g, (one) => `&#${one.charCodeAt(0)};`);
