/** The one part of node-forge in use; its own types describe only the whole package. */
declare module "node-forge/lib/asn1.js" {
  export interface Asn1 {
    readonly tagClass: number;
    readonly type: number;
    readonly constructed: boolean;
    readonly composed: boolean;
    /** Children of a constructed value, else the content, one character per byte. */
    readonly value: string | Asn1[];
  }
  interface ForgeAsn1 {
    create(tagClass: number, type: number, constructed: boolean, value: string | Asn1[]): Asn1;
    fromDer(
      bytes: string,
      options: {
        strict: boolean;
        parseAllBytes: boolean;
        decodeBitStrings: boolean;
        maxDepth: number;
      },
    ): Asn1;
    toDer(value: Asn1): { getBytes(): string };
    oidToDer(oid: string): { getBytes(): string };
    derToOid(bytes: string): string;
  }
  const asn1: ForgeAsn1;
  // biome-ignore lint/style/noDefaultExport: a CommonJS module is its default export
  export default asn1;
}
