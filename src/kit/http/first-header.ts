/** Node.js joins the values of a name that comes twice; here the first one counts, as in the reference. */
export function firstHeader(rawHeaders: readonly string[], lowerName: string): string {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() === lowerName) return rawHeaders[i + 1] as string;
  }
  return "";
}
