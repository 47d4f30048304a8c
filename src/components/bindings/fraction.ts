/** `12:00:00.500Z` as `12:00:00.5Z`, `12:00:00.000` as `12:00:00`: as Go writes times. */
export const withoutZeros = (time: string): string =>
  time.replace(/(\.\d*?)0+(?=Z?$)/, "$1").replace(/\.(?=Z?$)/, "");
