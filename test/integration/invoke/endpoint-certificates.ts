/**
 * Certificates of web servers and their clients, made with openssl.
 */
import { execFileSync } from "node:child_process";
import type { Scratch } from "../launch.ts";

export interface Issued {
  readonly name: string;
  readonly key: string;
  readonly cert: string;
}

const run = (scratch: Scratch, args: string): void => {
  execFileSync("openssl", args.split(" "), {
    cwd: scratch.path,
    stdio: ["ignore", "pipe", "pipe"],
  });
};

const newKey = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

const issued = (scratch: Scratch, name: string): Issued => ({
  name,
  key: scratch.read(`${name}.key`),
  cert: scratch.read(`${name}.crt`),
});

export function authority(scratch: Scratch, name: string): Issued {
  run(
    scratch,
    `req -x509 ${newKey} -days 1 -subj /CN=${name} -keyout ${name}.key -out ${name}.crt`,
  );
  return issued(scratch, name);
}

/** For 127.0.0.1. */
export function issue(scratch: Scratch, by: Issued, name: string): Issued {
  run(scratch, `req ${newKey} -subj /CN=${name} -keyout ${name}.key -out ${name}.csr`);
  scratch.write("alt", "subjectAltName=IP:127.0.0.1\n");
  run(
    scratch,
    `x509 -req -in ${name}.csr -days 1 -extfile alt -CA ${by.name}.crt -CAkey ${by.name}.key -CAcreateserial -out ${name}.crt`,
  );
  return issued(scratch, name);
}
