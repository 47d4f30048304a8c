/** Names of HTTP headers as Go spells them. */

/** What a name consists of. Source: RFC 9110 §5.6.2 */
export const headerToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** First letter and every letter after `-` upper case, the rest lower; what is no token stays as it is. */
export function canonicalName(name: string): string {
  if (!headerToken.test(name)) return name;
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (match) => match.toUpperCase());
}
