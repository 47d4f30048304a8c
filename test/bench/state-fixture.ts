/** What state workloads load and store: 42 bytes of JSON. */
export const value = '{"message":"hello world","n":42,"ok":true}';
export const key = "key-1";
