#!/usr/bin/env node
// Replays scenarios against a daprd-compatible sidecar and compares with the recorded reference behaviour.
//
//   node run.mjs --daprd PATH [--sentry PATH] [--only REGEX] [--verbose] FILE.json...   compare
//   node run.mjs --daprd PATH --record FILE.json...                                        write the recordings
//
// PATH is an executable (for a script, one with a #! line). Needs @grpc/grpc-js and protobufjs in the
// node_modules of the current directory. Format of the files: FORMAT.md beside this one.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtempSync, writeFileSync, readFileSync, mkdirSync, rmSync, realpathSync, renameSync, existsSync } from 'node:fs';
import { tmpdir, hostname } from 'node:os';
import { createHash, randomBytes } from 'node:crypto';
import https from 'node:https';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
import { connect, createServer as netServer } from 'node:net';
import http from 'node:http';
import http2 from 'node:http2';
import { isDeepStrictEqual, inspect } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const req = createRequire(join(process.cwd(), 'package.json'));
const grpc = req('@grpc/grpc-js');
const protobuf = req('protobufjs'); req('protobufjs/ext/descriptor');
const argv = process.argv.slice(2); const files = []; let daprd, sentryPath, record = false, only = /.*/, verbose = false, jobs = 1;
for (let i = 0; i < argv.length; i++) {
  if (argv[i] === '--daprd') daprd = argv[++i]; else if (argv[i] === '--record') record = true;
  else if (argv[i] === '--sentry') sentryPath = argv[++i];
  else if (argv[i] === '--only') only = new RegExp(argv[++i]); else if (argv[i] === '--verbose') verbose = true; else files.push(argv[i]);
}
const root = protobuf.Root.fromDescriptor(readFileSync(join(here, '../fixtures/protocol/dapr-1.18.binpb')));
// a service of our own for proxied calls; what its methods do: addEcho below
protobuf.parse(`syntax="proto3"; package golden; message Msg { string text=1; int32 code=2; int32 count=3; int32 delayMs=4; bytes data=5; bool details=6; bool early=7; }
  service Echo { rpc Unary(Msg) returns (Msg); rpc Down(Msg) returns (stream Msg); rpc Up(stream Msg) returns (Msg); rpc Both(stream Msg) returns (stream Msg); rpc Missing(Msg) returns (Msg); }`, root);
root.resolveAll();
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
const freePort = () => new Promise((r) => { const s = netServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => r(port)); }); });

// --- normalising: what differs from run to run becomes a placeholder
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const norm = (s, ctx) => {
  if (typeof s !== 'string') return s;
  if (s.length > 65536) return `<${s.length} characters, SHA-256 ${createHash('sha256').update(s).digest('hex')}>`;
  s = s.replace(uuid, '<uuid>').replace(/\b00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\b/g, '<traceparent>')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?/g, '<time>')
    .replace(/\b1\d{12}-\d+\b/g, '<streamid>').replace(/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, '<date>');
  for (const [v, name] of ctx.secrets) s = s.split(v).join(name); // after the times, whose digits may hold a port's
  return s;
};
const byJson = (a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
const deep = (v, ctx) => Array.isArray(v) ? v.map((x) => deep(x, ctx)) : v && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([k, x]) => [norm(k, ctx), Array.isArray(x) && ctx.sorted?.includes(k) ? deep(x, ctx).sort(byJson) : deep(x, ctx)])) : typeof v === 'number' ? ctx.secrets.find(([x]) => x === String(v))?.[1] ?? v : norm(v, ctx);
const body = (buf, ctx) => { if (buf.length > 65536) return { length: buf.length, sha256: createHash('sha256').update(buf).digest('hex') }; const t = buf.toString('utf8'); if (!t) return ''; try { const j = JSON.parse(t); if (j && typeof j === 'object') return { json: Array.isArray(j) && ctx.sorted?.includes('json') ? deep(j, ctx).sort(byJson) : deep(j, ctx) }; } catch {} return norm(t, ctx); };
const keep = /^(content-type|etag|dapr-|metadata\.|traceparent|tracestate|grpc-|x-|location|allow|access-control-|vary|baggage|forwarded|user-agent)/;
const drop = /^(dapr-app-build|user-agent$|metadata\.(keep-alive|connection)$)/;
const value = (k, v) => (Buffer.isBuffer(v) ? (k === 'grpc-trace-bin' ? `<${v.length} bytes>` : v.toString('base64')) : /^(x-)?forwarded(-host)?$/i.test(k) ? String(v).replaceAll(hostname(), '<hostname>') : k === 'content-type' && String(v).startsWith('application/grpc') ? 'application/grpc' : String(v));
const headers = (h, ctx) => Object.fromEntries(Object.entries(h).filter(([k]) => (keep.test(k.toLowerCase()) || ctx.keep?.includes(k.toLowerCase())) && !drop.test(k.toLowerCase()) && !ctx.dropped?.includes(k.toLowerCase())).map(([k, v]) => [k.toLowerCase(), norm([v].flat().map((x) => value(k, x)).join(', '), ctx)]).sort());

// bulk: [[text, status], ...]: every entry gets the status of the first text that it contains, null leaves it out
const bulkAnswer = (rules, entries) => entries.map((e) => ({ entryId: e.entryId, status: (rules.find(([t]) => JSON.stringify(e).includes(t)) ?? ['', 'SUCCESS'])[1] })).filter((x) => x.status !== null);

// --- the app behind the sidecar, which answers as the scenario says and remembers what it was sent
async function startApp(app, ctx) {
  const seen = []; const counts = {}; const busy = { now: 0, max: 0 };
  const handler = (q, s) => {
    busy.max = Math.max(busy.max, ++busy.now); s.on('close', () => { busy.now--; });
    const chunks = []; q.on('data', (c) => chunks.push(c)); q.on('end', () => {
      let path = q.url; try { path = decodeURI(path); } catch {} const key = `${q.method} ${path}`;
      const entry = { method: q.method, path: norm(q.url, ctx), headers: headers(q.headers, ctx), body: app.text ? norm(Buffer.concat(chunks).toString('utf8'), ctx) : body(Buffer.concat(chunks), ctx) };
      if (!(app.ignore ?? ['/healthz', '/dapr/config']).includes(path)) seen.push(entry);
      let r = (app.routes ?? []).find((x) => x.match === key || x.match === path || (x.match.endsWith('*') && key.startsWith(x.match.slice(0, -1))));
      if (r && Array.isArray(r.sequence)) { const n = counts[r.match] = (counts[r.match] ?? -1) + 1; r = { ...r, ...r.sequence[Math.min(n, r.sequence.length - 1)] }; }
      r ??= path === '/dapr/subscribe' ? { status: 200, body: '[]' } : path === '/dapr/config' ? { status: 404 } : app.default ?? { status: 404 };
      if (r.bulk) r = { ...r, body: JSON.stringify({ statuses: bulkAnswer(r.bulk, JSON.parse(Buffer.concat(chunks).toString()).entries) }) };
      const answer = async () => {
        if (r.reset) return q.socket.destroy();
        if (r.rawAnswer) return q.socket.end(r.rawAnswer);
        if (r.early) s.writeEarlyHints(r.early);
        const h = r.headers ?? (r.body ? { 'content-type': 'application/json' } : {});
        s.writeHead(r.status ?? 200, r.echo ? { 'content-type': q.headers['content-type'] ?? 'text/plain', ...h } : h);
        for (const [text, wait] of r.chunks ?? []) { s.write(text); await sleep(wait ?? 0); }
        if (r.break) return q.socket.destroy();
        s.end(r.echo ? Buffer.concat(chunks) : Array.isArray(r.body?.repeat) ? bytesOf(r.body) : r.body ?? '');
      };
      if (r.call) { // the app calls its sidecar while it handles the request, passing on the headers named in pass, and answers with what it was told
        const given = Object.fromEntries((r.call.pass ?? []).filter((k) => q.headers[k]).map((k) => [k, q.headers[k]]));
        request(ctx.ports.http, { ...r.call, headers: { ...r.call.headers, ...given } }).then((x) => { r = { ...r, headers: undefined, body: JSON.stringify({ status: x.status, body: x.body.toString() }) }; }, (e) => { r = { ...r, body: JSON.stringify({ error: e.code ?? e.message }) }; }).then(answer);
      } else setTimeout(answer, r.delayMs ?? 0);
    });
  };
  const srv = app.tls ? https.createServer(app.tls, handler) : app.protocol === 'h2c' ? http2.createServer(handler) : createServer(handler);
  const sessions = new Set(); srv.on('session', (x) => sessions.add(x));
  await new Promise((r, e) => { srv.on('error', e); srv.listen(ctx.ports.app, '127.0.0.1', r); });
  return { seen, busy, close: () => { for (const x of sessions) x.destroy(); srv.closeAllConnections?.(); srv.close(); } };
}
// a long body is { repeat: [text, n], before, after }
const bytesOf = (b) => Buffer.from((b.before ?? '') + b.repeat[0].repeat(b.repeat[1]) + (b.after ?? ''));
const request2 = (port, { method = 'GET', path, headers: h = {}, body: b }) => new Promise((res, rej) => {
  const c = http2.connect(`http://127.0.0.1:${port}`); c.on('error', rej); const r = c.request({ ':method': method, ':path': path, ...h }); const out = []; let hd = {};
  r.on('response', (x) => { hd = x; }); r.on('data', (x) => out.push(x)); r.on('error', rej); r.on('end', () => { c.close(); res({ status: hd[':status'], headers: hd, body: Buffer.concat(out) }); }); r.end(b);
});
// bytes as they are on a TCP connection; the answer is what came until the other side closed it or `ms` passed
const rawTcp = (port, text, ms = 1000) => new Promise((res) => { let out = ''; const s = connect(port, '127.0.0.1', () => s.write(text)); s.setTimeout(ms, () => s.destroy()); s.on('data', (d) => { out += d.toString('latin1'); }); s.on('error', () => {}); s.on('close', () => res(out)); });
const request = (port, { method = 'GET', path, headers: h = {}, body: b, chunks }) => new Promise((res, rej) => {
  const r = http.request({ host: '127.0.0.1', port, method, path, headers: { ...(b != null && !Object.keys(h).some((k) => k.toLowerCase() === 'content-length') ? { 'content-length': Buffer.byteLength(b) } : {}), ...(chunks ? { 'transfer-encoding': 'chunked' } : {}), ...h }, agent: false }, (m) => { const c = []; const pieces = []; let last = 0; m.on('data', (x) => { c.push(x); if (Date.now() - last > 80 || !pieces.length) pieces.push(''); pieces[pieces.length - 1] += x; last = Date.now(); }); const done = () => res({ status: m.statusCode, headers: m.headers, body: Buffer.concat(c), pieces, cut: !m.complete }); m.on('end', done); m.on('close', done); });
  r.on('error', rej); r.on('close', () => { if (!r.res) rej(new Error('closed')); }); r.setTimeout(20000, () => r.destroy(new Error('timeout')));
  r.on('upgrade', (m, sock) => { sock.destroy(); res({ status: m.statusCode, headers: m.headers, body: Buffer.alloc(0) }); });
  if (chunks) (async () => { for (const x of chunks) { r.write(x.repeat?.length === 2 ? bytesOf(x) : x); await sleep(30); } r.end(); })(); else r.end(b);
});
// the error details that Dapr uses
const R = protobuf.parse(`syntax="proto3"; message Any {string type_url=1; bytes value=2;} message Status {int32 code=1; string message=2; repeated Any details=3;}
  message ErrorInfo {string reason=1; string domain=2; map<string,string> metadata=3;} message ResourceInfo {string resource_type=1; string resource_name=2; string owner=3; string description=4;}
  message BadRequest {message V {string field=1; string description=2;} repeated V field_violations=1;} message Help {message L {string description=1; string url=2;} repeated L links=1;} message None {}`, { keepCase: true }).root;
const detailsOf = (buf) => R.lookupType('Status').decode(buf).details.map((d) => { const T = R.get(d.type_url.split('.').pop()); return { type: d.type_url, ...(T ? T.toObject(T.decode(d.value)) : {}) }; });
const mdOf = (o) => { const md = new grpc.Metadata(); for (const [k, v] of Object.entries(o ?? {})) for (const x of [v].flat()) md.add(k, k.endsWith('-bin') ? Buffer.from(x, 'base64') : x); return md; };
function grpcCall(client, ctx, { service = 'dapr.proto.runtime.v1.Dapr', method, request: q = {}, messages, metadata = {}, deadlineMs = 10000, take, details, unknown, initial }, raw = {}) {
  const m = unknown ? { resolvedRequestType: R.lookupType('None'), resolvedResponseType: R.lookupType('None') } : root.lookupService(service).methods[method]; if (!m) throw new Error(`no method ${method}`);
  const ser = (x) => Buffer.from(m.resolvedRequestType.encode(m.resolvedRequestType.fromObject(x)).finish());
  const des = (b) => m.resolvedResponseType.toObject(m.resolvedResponseType.decode(b), { longs: String, enums: String, bytes: (x) => x, defaults: false });
  const plain = (o) => JSON.parse(JSON.stringify(o, (k, v) => v && v.type === 'Buffer' ? { bytes: Buffer.from(v.data).toString('utf8') } : v));
  const md = mdOf(metadata);
  return new Promise((res) => {
    const out = { messages: [] }; const opts = { deadline: Date.now() + deadlineMs }; const path = `/${service}/${method}`;
    const done = (st) => { const det = st.metadata?.get('grpc-status-details-bin')?.[0]; res({ code: grpc.status[st.code], message: norm(st.details ?? '', ctx), ...(det ? { detailTypes: (det.toString('latin1').match(/type\.googleapis\.com\/[\w.]+/g) ?? []), ...(details ? { details: deep(detailsOf(det), ctx) } : {}) } : {}), messages: out.messages, ...(initial ? { initial: out.initial ?? null } : {}), trailers: headers(Object.fromEntries(Object.entries(st.metadata?.getMap() ?? {}).filter(([k]) => !k.endsWith('-bin'))), ctx) }); };
    let call;
    if (m.requestStream) { call = client.makeBidiStreamRequest(path, ser, des, md, opts); for (const x of messages ?? [q]) call.write(x); if (!take) call.end(); }
    else call = client.makeServerStreamRequest(path, ser, des, q, md, opts);
    if (initial) call.on('metadata', (x) => { out.initial = headers(Object.fromEntries(Object.entries(x.toJSON()).filter(([k]) => !/^(grpc-status-details-bin|date)$/.test(k))), ctx); });
    call.on('data', (x) => { (raw.messages ??= []).push(x); out.messages.push(deep(plain(x), ctx)); if (take && out.messages.length >= take) call.cancel(); }); call.on('error', () => {}); call.on('status', done);
  });
}
const plainMsg = (o) => JSON.parse(JSON.stringify(o, (k, v) => v && v.type === 'Buffer' ? { bytes: Buffer.from(v.data).toString('utf8') } : v));
const toPlain = (t, b) => plainMsg(t.toObject(t.decode(b), { longs: String, enums: String, bytes: (x) => x, defaults: false }));
const statusBin = (d, code, message) => { const T = R.lookupType('ErrorInfo'); return Buffer.from(R.lookupType('Status').encode({ code, message, details: d.map((x) => ({ type_url: 'type.googleapis.com/google.rpc.ErrorInfo', value: T.encode(x).finish() })) }).finish()); };
// golden.Echo: code not 0 fails with that code and text; Down answers count messages, Up joins what it got, Both answers each message
function addEcho(srv, app, ctx, seen) {
  const svc = root.lookupService('golden.Echo'); const T = root.lookupType('golden.Msg'); const def = {}; const enc = (x) => Buffer.from(T.encode(T.fromObject(x)).finish());
  const dec = (b) => T.toObject(T.decode(b), { defaults: true, bytes: (x) => x });
  for (const m of svc.methodsArray) if (m.name !== 'Missing') def[m.name] = { path: `/golden.Echo/${m.name}`, requestStream: !!m.requestStream, responseStream: !!m.responseStream, requestSerialize: enc, requestDeserialize: dec, responseSerialize: enc, responseDeserialize: dec };
  const note = (call, name, list) => seen.push({ method: 'GRPC', path: `golden.Echo/${name}`, headers: headers(Object.fromEntries(Object.entries(call.metadata.toJSON()).filter(([k]) => !/^grpc-|^content-type$/.test(k) || ctx.keep?.includes(k))), ctx), body: deep(list.map((x) => x.text), ctx) });
  const tail = () => mdOf({ 'x-trailer': 'tail', 'x-trailer-bin': 'AAEC' }); const head = (call) => call.sendMetadata(mdOf({ 'x-header': ['one', 'two'], 'x-header-bin': '/wA=' }));
  const fail = (x) => { const md = tail(); if (x.details) md.add('grpc-status-details-bin', statusBin([{ reason: 'GOLDEN', domain: 'example.com', metadata: { text: x.text } }], x.code, x.text)); return { code: x.code, details: x.text, metadata: md }; };
  srv.addService(def, {
    Unary: (call, cb) => { const x = call.request; note(call, 'Unary', [x]); setTimeout(() => { if (!x.code || x.early) head(call); if (x.code) cb(fail(x)); else cb(null, { text: `echo ${x.text}`, data: x.data.length ? x.data : Buffer.alloc(Math.max(x.count, 0)) }, tail()); }, x.delayMs); },
    Down: async (call) => { const x = call.request; note(call, 'Down', [x]); head(call); for (let i = 0; i < x.count; i++) { call.write({ text: `${x.text} ${i}` }); await sleep(x.delayMs); } if (x.code) call.emit('error', fail(x)); else call.end(tail()); },
    Up: (call, cb) => { const got = []; call.on('data', (x) => got.push(x)); call.on('end', () => { note(call, 'Up', got); const bad = got.find((x) => x.code); if (bad) cb(fail(bad)); else { head(call); cb(null, { text: got.map((x) => x.text).join(','), count: got.length }, tail()); } }); },
    Both: (call) => { const got = []; call.on('data', (x) => { if (!got.length) head(call); got.push(x); if (x.code) call.emit('error', fail(x)); else call.write({ text: `echo ${x.text}` }); }); call.on('end', () => { note(call, 'Both', got); call.end(tail()); }); },
  });
}
// a gRPC app: app.grpc is { Method: { response, error: { code, message }, sequence, bulk, delayMs } }; methods not named are Unimplemented
async function startGrpcApp(app, ctx) {
  const seen = []; const counts = {}; const busy = { now: 0, max: 0 }; const srv = new grpc.Server(); addEcho(srv, app, ctx, seen);
  for (const name of ['AppCallback', 'AppCallbackAlpha', 'AppCallbackHealthCheck']) {
    const svc = root.lookupService(`dapr.proto.runtime.v1.${name}`); const def = {}; const impl = {};
    for (const m of svc.methodsArray) {
      def[m.name] = { path: `/dapr.proto.runtime.v1.${name}/${m.name}`, requestStream: false, responseStream: false, requestSerialize: (x) => x, requestDeserialize: (b) => b, responseSerialize: (x) => Buffer.from(m.resolvedResponseType.encode(m.resolvedResponseType.fromObject(x)).finish()), responseDeserialize: (b) => b };
      impl[m.name] = (call, cb) => {
        const raw = toPlain(m.resolvedRequestType, call.request); const h = headers(Object.fromEntries(Object.entries(call.metadata.getMap()).filter(([k]) => !/-bin$|^grpc-|^content-type$/.test(k) || ctx.keep?.includes(k))), ctx);
        if (!(app.ignore ?? ['HealthCheck']).includes(m.name)) seen.push({ method: 'GRPC', path: m.name, headers: h, body: deep(raw, ctx) });
        let r = (app.grpc ?? {})[`${m.name} ${raw.method ?? ''}`] ?? (app.grpc ?? {})[m.name] ?? (m.name === 'HealthCheck' ? {} : { error: { code: 12, message: 'not here' } });
        if (Array.isArray(r.sequence)) { const n = counts[m.name] = (counts[m.name] ?? -1) + 1; r = { ...r, ...r.sequence[Math.min(n, r.sequence.length - 1)] }; }
        busy.max = Math.max(busy.max, ++busy.now);
        setTimeout(() => {
          busy.now--; const tail = mdOf(r.trailers); if (r.headers) call.sendMetadata(mdOf(r.headers)); if (r.error?.details) tail.add('grpc-status-details-bin', statusBin(r.error.details, r.error.code, r.error.message));
          return r.error ? cb({ code: r.error.code, details: r.error.message, metadata: tail }) : cb(null, r.bulk ? { statuses: bulkAnswer(r.bulk, raw.entries) } : r.echo ? { data: raw.data && { value: call.request && m.resolvedRequestType.decode(call.request).data.value, typeUrl: raw.data.typeUrl }, contentType: raw.contentType } : r.response ?? {}, tail);
        }, r.delayMs ?? 0);
      };
    }
    srv.addService(def, impl);
  }
  await new Promise((r, e) => srv.bindAsync(`127.0.0.1:${ctx.ports.app}`, grpc.ServerCredentials.createInsecure(), (x) => (x ? e(x) : r())));
  return { seen, busy, close: () => srv.forceShutdown() };
}
// a stream that stays open over several steps; answer: one status for each event message, the last repeating, null for none
function openStream(client, ctx, { service = 'dapr.proto.runtime.v1.Dapr', method, messages = [], metadata = {}, answer, deadlineMs = 60000 }) {
  const m = root.lookupService(service).methods[method]; const md = new grpc.Metadata(); for (const [k, v] of Object.entries(metadata)) md.set(k, v);
  const s = { messages: [], ids: [], end: null }; const ser = (x) => Buffer.from(m.resolvedRequestType.encode(m.resolvedRequestType.fromObject(x)).finish());
  const opts = { deadline: Date.now() + deadlineMs };
  const call = m.requestStream ? client.makeBidiStreamRequest(`/${service}/${method}`, ser, (b) => toPlain(m.resolvedResponseType, b), md, opts) : client.makeServerStreamRequest(`/${service}/${method}`, ser, (b) => toPlain(m.resolvedResponseType, b), messages[0] ?? {}, md, opts);
  call.on('data', (x) => {
    s.messages.push(deep(x, ctx)); const id = x.eventMessage?.id; if (x.eventMessage === undefined) return; s.ids.push(id);
    const st = answer && answer[Math.min(s.ids.length, answer.length) - 1]; if (st != null) call.write({ eventProcessed: { id, status: { status: st } } });
  });
  call.on('error', () => {}); call.on('status', (x) => { s.end = { code: grpc.status[x.code], message: norm(x.details ?? '', ctx) }; });
  s.send = (list) => { for (const x of list) call.write(JSON.parse(JSON.stringify(x).replace(/\$ID(\d+)/g, (_, n) => s.ids[n]))); };
  s.close = (how) => { if (how === 'cancel') call.cancel(); else if (how === 'end') call.end(); };
  if (m.requestStream) s.send(messages);
  return s;
}
// one Redis command over a connection of its own
const redisParse = (b, i) => {
  const e = b.indexOf('\r\n', i); if (e < 0) return; const h = b.slice(i + 1, e); const t = b[i]; const n = Number(h); let at = e + 2;
  if (t === '+') return [h, at]; if (t === '-') return [{ error: h }, at]; if (t === ':') return [n, at];
  if (t === '$') return n < 0 ? [null, at] : b.length < at + n + 2 ? undefined : [Buffer.from(b.slice(at, at + n), 'latin1').toString('utf8'), at + n + 2];
  if (n < 0) return [null, at]; const out = []; for (let k = 0; k < n; k++) { const r = redisParse(b, at); if (!r) return; out.push(r[0]); at = r[1]; } return [out, at];
};
const redis = (args) => new Promise((res, rej) => {
  const [h, p] = (process.env.GOLDEN_REDIS ?? '127.0.0.1:6379').split(':'); const s = connect(Number(p ?? 6379), h); let b = ''; s.setEncoding('latin1'); s.on('error', rej);
  s.on('data', (d) => { b += d; const r = redisParse(b, 0); if (r) { s.end(); res(r[0]); } });
  s.write(Buffer.concat([Buffer.from(`*${args.length}\r\n`), ...args.map((a) => { const x = Buffer.from(String(a)); return Buffer.concat([Buffer.from(`$${x.length}\r\n`), x, Buffer.from('\r\n')]); })]));
});
// field lists of hashes, stream entries and XINFO as objects: their order means nothing
const redisPairs = (v) => !Array.isArray(v) ? v : v.every((x) => Array.isArray(x) && x.length === 2 && Array.isArray(x[1])) ? v.map(([id, f]) => [id, redisPairs(f)]) : v.every(Array.isArray) ? v.map(redisPairs) : Object.fromEntries(v.flatMap((k, i) => (i % 2 ? [] : [[k, v[i + 1]]])));
const redisClean = async (sc) => { for (const p of sc.redisClean ?? []) { const k = await redis(['KEYS', p]); if (k.length) await redis(['DEL', ...k]); } };
// a second sidecar with its app, or (sidecar: false) only an app
async function startPeer(p, dir, ctx, fill, mtls) {
  const res = join(dir, `res-${p.name}`); mkdirSync(res); p.log = '';
  p.running = p.app ? await (p.app.protocol === 'grpc' ? startGrpcApp : startApp)(p.app, { ...ctx, ports: p.ports }) : { seen: [], close() {} };
  if (p.sidecar === false) return;
  (p.resources ?? []).forEach((r, i) => writeFileSync(join(res, `${i}.yaml`), fill(r)));
  const flags = ['--app-id', p.appId ?? p.name, '--dapr-http-port', p.ports.http, '--dapr-grpc-port', p.ports.grpc, '--dapr-internal-grpc-port', p.ports.internal, '--metrics-port', p.ports.metrics, '--dapr-listen-addresses', '127.0.0.1', '--dapr-internal-grpc-listen-address', '127.0.0.1', '--resources-path', res, '--placement-host-address', '', '--scheduler-host-address', '', ...mtls.flags];
  if (p.config) { writeFileSync(join(dir, `config-${p.name}.yaml`), fill(p.config)); flags.push('--config', join(dir, `config-${p.name}.yaml`)); }
  if (p.app) flags.push('--app-port', p.ports.app, ...(p.app.protocol ? ['--app-protocol', p.app.protocol] : []));
  p.proc = spawn(daprd, [...flags, ...(p.flags ?? [])].map(fill), { env: { ...process.env, ...mtls.env, ...Object.fromEntries(Object.entries(p.env ?? {}).map(([k, v]) => [k, fill(v)])) }, stdio: ['ignore', 'pipe', 'pipe'] });
  p.proc.stdout.on('data', (d) => { p.log += d; }); p.proc.stderr.on('data', (d) => { p.log += d; }); p.proc.on('exit', (c, s) => { p.exit = c ?? s; });
}
const readyAt = async (p) => { const t0 = Date.now(); while (p.proc && p.exit === undefined && Date.now() - t0 < 15000) { try { if ((await request(p.ports.http, { path: '/v1.0/healthz' })).status === 204) return; } catch {} await sleep(25); } };
const stop = async (p) => { if (p.proc && p.exit === undefined) { p.proc.kill('SIGTERM'); for (let i = 0; i < 60 && p.exit === undefined; i++) await sleep(50); if (p.exit === undefined) p.proc.kill('SIGKILL'); } p.running?.close(); };
// a sentry of the scenario's own; both sidecars get their certificates from it
async function startSentry(dir) {
  const [port, hp, mp] = [await freePort(), await freePort(), await freePort()]; const creds = join(dir, 'creds'); mkdirSync(creds); const p = {};
  writeFileSync(join(dir, 'sentry.yaml'), 'apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: daprsystem\nspec:\n  mtls:\n    enabled: true\n');
  p.proc = spawn(sentryPath ?? join(dirname(daprd), 'sentry'), ['--issuer-credentials', creds, '--port', port, '--healthz-port', hp, '--metrics-port', mp, '--listen-address', '127.0.0.1', '--config', join(dir, 'sentry.yaml')].map(String), { stdio: 'ignore' });
  p.proc.on('exit', (c, s) => { p.exit = c ?? s; }); p.proc.on('error', (e) => { p.exit = e.message; });
  const t0 = Date.now(); while (Date.now() - t0 < 10000 && p.exit === undefined) { try { if ((await request(hp, { path: '/healthz' })).status === 200 && existsSync(join(creds, 'ca.crt'))) break; } catch {} await sleep(25); }
  if (p.exit === undefined) p.mtls = { flags: ['--enable-mtls', '--sentry-address', `127.0.0.1:${port}`], env: { DAPR_TRUST_ANCHORS: readFileSync(join(creds, 'ca.crt'), 'utf8') } };
  else throw new Error(`sentry ended: ${p.exit}`);
  return p;
}
async function play({ recorded, ...given }) {
  const run = randomBytes(3).toString('hex'); const peers = {};
  for (const { name } of given.peers ?? []) { peers[name] = { ports: {} }; for (const k of ['http', 'grpc', 'internal', 'metrics', 'app', 'public']) peers[name].ports[k] = await freePort(); }
  const sc = JSON.parse(JSON.stringify(given).replaceAll('$RUN', run).replace(/\$([A-Z]+)_(HTTP|GRPC|INTERNAL|METRICS|APP|PUBLIC)_PORT/g, (all, n, k) => peers[n.toLowerCase()]?.ports[k.toLowerCase()] ?? all));
  for (const p of sc.peers ?? []) Object.assign(peers[p.name], p);
  const dir = mkdtempSync(join(tmpdir(), 'golden-')); mkdirSync(join(dir, 'res'));
  const ports = { http: await freePort(), grpc: await freePort(), internal: await freePort(), metrics: await freePort(), app: await freePort(), public: await freePort() };
  const fill = (t) => String(t).replaceAll('$DIR', dir).replaceAll('$APP_PORT', ports.app).replaceAll('$HTTP_PORT', ports.http).replaceAll('$PUBLIC_PORT', ports.public).replaceAll('$REDIS', process.env.GOLDEN_REDIS ?? '127.0.0.1:6379');
  const ctx = { ports, keep: sc.keepHeaders, dropped: sc.dropHeaders, sorted: sc.sorted, secrets: [[dir, '<dir>'], [`:${ports.http}`, ':<http>'], [`:${ports.grpc}`, ':<grpc>'], [`:${ports.app}`, ':<app>'], [String(ports.app), '<app>'], [String(ports.http), '<http>'], [String(ports.grpc), '<grpc>'], [String(ports.internal), '<internal>'], [String(ports.metrics), '<metrics>'], [String(ports.public), '<public>'], ...Object.values(peers).flatMap((p) => Object.entries(p.ports).map(([k, v]) => [String(v), `<${p.name}.${k}>`])), [run, '<run>']] };
  (sc.resources ?? []).forEach((r, i) => writeFileSync(join(dir, 'res', `${i}.yaml`), fill(r)));
  for (const [n, t] of Object.entries(sc.files ?? {})) { mkdirSync(dirname(join(dir, n)), { recursive: true }); writeFileSync(join(dir, n), fill(t)); }
  const flags = ['--app-id', sc.appId ?? 'golden', '--dapr-http-port', ports.http, '--dapr-grpc-port', ports.grpc, '--dapr-internal-grpc-port', ports.internal, '--metrics-port', ports.metrics, '--dapr-listen-addresses', '127.0.0.1', ...(sc.noResourcesPath ? [] : ['--resources-path', join(dir, 'res')]), '--log-level', 'info', '--placement-host-address', '', '--scheduler-host-address', ''];
  if (sc.config) { writeFileSync(join(dir, 'config.yaml'), fill(sc.config)); flags.push('--config', join(dir, 'config.yaml')); }
  if (sc.app) flags.push('--app-port', ports.app, ...(sc.app.protocol ? ['--app-protocol', sc.app.protocol] : []));
  const sentry = sc.mtls ? await startSentry(dir) : {}; const mtls = sentry.mtls ?? { flags: [], env: {} };
  if (sc.peers) { flags.push('--dapr-internal-grpc-listen-address', '127.0.0.1'); mtls.env.DAPR_HOST_IP = '10.9.8.7'; } flags.push(...mtls.flags);
  flags.push(...(sc.flags ?? []).map(fill));
  await redisClean(sc); for (const c of sc.before ?? []) await redis(c);
  const app = sc.app ? await (sc.app.protocol === 'grpc' ? startGrpcApp : startApp)(sc.app, ctx) : { seen: [], close() {} };
  const streams = {};
  for (const p of Object.values(peers)) await startPeer(p, dir, ctx, fill, mtls);
  const proc = spawn(daprd, flags.map(String), { env: { ...process.env, ...mtls.env, ...Object.fromEntries(Object.entries(sc.env ?? {}).map(([k, v]) => [k, fill(v)])) }, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = ''; proc.stdout.on('data', (d) => { log += d; }); proc.stderr.on('data', (d) => { log += d; });
  const logAt = (n) => (n ? peers[n].log : log);
  let exit; proc.on('exit', (c, s) => { exit = c ?? s; });
  const result = { steps: [] };
  try {
    const t0 = Date.now(); let up = false;
    while (Date.now() - t0 < 15000 && exit === undefined) { try { const r = await request(ports.http, { path: '/v1.0/healthz' }); if (r.status === 204 || (sc.readyStatus && r.status === sc.readyStatus)) { up = true; break; } } catch {} await sleep(25); }
    for (const p of Object.values(peers)) await readyAt(p);
    if (sc.expectExit) { while (exit === undefined && Date.now() - t0 < 15000) await sleep(50); result.exit = exit; result.fatal = norm((/level=fatal msg="?(.*?)"? instance=/.exec(log) ?? [])[1] ?? '', ctx); }
    else if (!up) result.notReady = norm(log.slice(-600), ctx);
    else {
      const client = new grpc.Client(`127.0.0.1:${ports.grpc}`, grpc.credentials.createInsecure()); const clients = {}; const clientAt = (n) => (n ? clients[n] ??= new grpc.Client(`127.0.0.1:${peers[n].ports.grpc}`, grpc.credentials.createInsecure()) : client);
      // what `capture` took from an answer fills {{NAME}} in later steps
      const vars = {}; const withVars = (st) => JSON.parse(JSON.stringify(st).replace(/\{\{(\w+)\}\}/g, (all, k) => vars[k] === undefined ? all : JSON.stringify(vars[k]).slice(1, -1)));
      const capture = (want, raw) => { for (const [name, path] of Object.entries(want ?? {})) { if (path === 'base64') vars[name] = raw.body.toString('base64'); else if (path === 'payloads') vars[name] = Buffer.concat((raw.messages ?? []).map((x) => Buffer.from(x.payload?.data ?? []))).toString('base64'); else { let v = path.startsWith('json') ? { json: JSON.parse(raw.body) } : raw; for (const k of path.split('.')) v = v?.[k]; vars[name] = String(v); } } };
      const callHttp = async (h, raw = {}) => {
        const r = await (h.h2 ? request2 : request)((h.at ? peers[h.at].ports : ports)[h.port ?? 'http'], { ...h, path: fill(h.path), body: h.body == null ? undefined : h.base64 ? Buffer.from(h.body, 'base64') : typeof h.body === 'object' ? bytesOf(h.body) : fill(h.body) }).catch((e) => ({ status: 0, headers: {}, body: Buffer.from(e.code ?? e.message) }));
        Object.assign(raw, r); return { status: r.status, headers: headers(r.headers, ctx), body: h.hash ? { bytes: r.body.length, sha256: createHash('sha256').update(r.body).digest('hex') } : h.text ? norm(r.body.toString('utf8'), ctx) : body(r.body, ctx), ...(h.pieces ? { pieces: r.pieces } : {}), ...(r.cut ? { cut: true } : {}) };
      };
      // the answer's time is recorded as yes or no: atLeastMs, underMs
      const timed = async (st, p) => { const t1 = Date.now(); const r = await p; const took = Date.now() - t1; return { ...r, ...(st.atLeastMs ? { slow: took >= st.atLeastMs } : {}), ...(st.underMs ? { quick: took < st.underMs } : {}) }; };
      for (const step of sc.steps) {
        const st = withVars(step); const raw = {};
        if (st.sleep) { await sleep(st.sleep); result.steps.push(null); }
        else if (st.waitApp) { const t1 = Date.now(); while (Date.now() - t1 < (st.ms ?? 5000) && app.seen.filter((s) => `${s.method} ${s.path}` === st.waitApp || s.path === st.waitApp).length < (st.count ?? 1)) await sleep(20); result.steps.push(null); }
        else if (st.http) { result.steps.push(await timed(st, callHttp(st.http, raw))); capture(st.capture, raw); }
        else if (st.grpc) { result.steps.push(await timed(st, grpcCall(clientAt(st.grpc.at), ctx, st.grpc, raw))); capture(st.capture, raw); }
        else if (st.poll) { const t1 = Date.now(); let r; do { r = await callHttp(st.poll); if (r.status === (st.until.status ?? r.status) && JSON.stringify(r.body).includes(st.until.text ?? '') && !(st.until.not && JSON.stringify(r.body).includes(st.until.not))) break; await sleep(50); } while (Date.now() - t1 < (st.ms ?? 8000)); result.steps.push(r); }
        else if (st.all) result.steps.push(await Promise.all(st.all.map((x, i) => sleep(x.afterMs ?? 0).then(() => timed(x, x.http ? callHttp(x.http) : grpcCall(clientAt(x.grpc.at), ctx, x.grpc))))));
        else if (st.parallel) { const tally = {}; await Promise.all(Array.from({ length: st.parallel.n }, async () => { const k = st.parallel.http ? String((await callHttp(st.parallel.http)).status) : (await grpcCall(client, ctx, st.parallel.grpc)).code; tally[k] = (tally[k] ?? 0) + 1; })); result.steps.push({ tally }); }
        else if (st.raw) { const t = await rawTcp(ports[st.raw.port ?? 'http'], typeof st.raw.text === 'object' ? bytesOf(st.raw.text) : fill(st.raw.text), st.raw.ms); const [head, ...rest] = t.split('\r\n\r\n'); const [line, ...hs] = head.split('\r\n'); result.steps.push({ line, headers: headers(Object.fromEntries(hs.map((x) => [x.slice(0, x.indexOf(':')), x.slice(x.indexOf(':') + 1).trim()])), ctx), body: norm(rest.join('\r\n\r\n'), ctx) }); }
        else if (st.metric) { const r = await request((st.at ? peers[st.at].ports : ports).metrics, { path: '/metrics' }); result.steps.push({ lines: r.body.toString().split('\n').filter((l) => l.startsWith(st.metric) && !/_sum|le="|ERR_HEALTH_NOT_READY/.test(l) && !(st.except ?? []).some((x) => l.includes(x))).map((l) => st.values ? norm(l, ctx) : norm(l, ctx).replace(/ [\d.e+-]+$/, '')).sort() }); }
        else if (st.log) { const t1 = Date.now(); while (Date.now() - t1 < (st.ms ?? 1000) && !norm(logAt(st.at), ctx).includes(st.log)) await sleep(25); result.steps.push({ found: norm(logAt(st.at), ctx).includes(st.log) }); }
        else if (st.redis) { const v = await redis(st.redis.map((x) => (typeof x === 'string' ? fill(x) : x))); result.steps.push({ reply: deep(st.pairs ? redisPairs(v) : st.sort && Array.isArray(v) ? v.sort() : v, ctx) }); }
        else if (st.stream) {
          if (st.open) streams[st.stream] = openStream(client, ctx, st.open);
          const s = streams[st.stream]; if (st.send) s.send(st.send); if (st.close) s.close(st.close);
          const t1 = Date.now(); while (Date.now() - t1 < (st.ms ?? 5000) && !s.end && (st.close || s.messages.length < (st.wait ?? 0))) await sleep(20);
          result.steps.push(st.close || st.result ? { ...s.end, messages: s.messages } : null);
        }
        else if (st.write) { for (const [n, t] of Object.entries(st.write)) if (t === null) rmSync(join(dir, n), { force: true }); else { writeFileSync(join(dir, '.new'), fill(t)); renameSync(join(dir, '.new'), join(dir, n)); } result.steps.push(null); }
        else if (st.signal) { (st.at ? peers[st.at].proc : proc).kill(st.signal); result.steps.push(null); }
        else if (st.waitExit) { const t1 = Date.now(); while (Date.now() - t1 < st.waitExit && exit === undefined) await sleep(25); result.steps.push({ exit: exit ?? 'running' }); }
      }
      await sleep(sc.settleMs ?? 150); client.close(); for (const c of Object.values(clients)) c.close();
      for (const p of Object.values(peers)) if (p.app) { (result.peers ??= {})[p.name] = sc.unordered ? [...p.running.seen].sort(byJson) : p.running.seen; if (p.app.concurrency) result.peers[`${p.name} concurrency`] = p.running.busy.max; }
      if (sc.app?.concurrency) result.concurrency = app.busy.max;
      if (sc.app) result.app = sc.unordered ? [...app.seen].sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1) : app.seen;
    }
  } finally {
    if (exit === undefined) { proc.kill('SIGTERM'); for (let i = 0; i < 60 && exit === undefined; i++) await sleep(50); if (exit === undefined) proc.kill('SIGKILL'); }
    for (const p of [...Object.values(peers), sentry]) await stop(p);
    if (sc.expectLogs) result.logs = Object.fromEntries(sc.expectLogs.map((t) => [t, norm(log, ctx).includes(t)]));
    await redisClean(sc).catch(() => {}); app.close(); rmSync(dir, { recursive: true, force: true });
  }
  return JSON.parse(JSON.stringify(result));
}
const diff = (want, got, path, out) => {
  if (want && got && typeof want === 'object' && typeof got === 'object' && Array.isArray(want) === Array.isArray(got)) { for (const k of new Set([...Object.keys(want), ...Object.keys(got)])) diff(want[k], got[k], `${path}.${k}`, out); }
  else if (!isDeepStrictEqual(want, got)) out.push(`${path}: expected ${inspect(want, { depth: 6, breakLength: 200 })}, got ${inspect(got, { depth: 6, breakLength: 200 })}`);
};
// cluster.mjs imports what it shares with this runner
export { grpc, root, protobuf, sleep, freePort, norm, deep, byJson, body, headers, startApp, startGrpcApp, request, grpcCall, openStream, redis, redisClean, toPlain, diff };
const main = process.argv[1] && realpathSync(process.argv[1]) === realpathSync(fileURLToPath(import.meta.url));
// a multicast answer that came too late on a busy machine: worth another try
const unresolved = (sc, got) => { const t = JSON.stringify(got.steps); return [...(sc.peers ?? []).map((p) => p.appId ?? p.name), sc.appId ?? 'golden'].some((id) => [`couldn't find service: `, 'timeout waiting for address for app id '].some((m) => t.includes(m + id.replace('$RUN', '<run>') + '"'))); };
// Scenarios that use Redis need one before they start: say so rather than fail one by one.
const redisAnswers = () => new Promise((r) => { const [host, port] = (process.env.GOLDEN_REDIS ?? '127.0.0.1:6379').split(':'); const s = connect(+port, host, () => { s.destroy(); r(true); }); s.on('error', () => r(false)); });
let pass = 0, fail = 0;
for (const f of main ? files : []) {
  const doc = JSON.parse(readFileSync(f, 'utf8'));
  if (doc.scenarios.some((sc) => only.test(sc.id) && JSON.stringify({ ...sc, recorded: undefined }).includes('$REDIS')) && !await redisAnswers()) { console.error(`${f}: needs a Redis at ${process.env.GOLDEN_REDIS ?? '127.0.0.1:6379'} (set GOLDEN_REDIS)`); process.exit(2); }
  for (const sc of doc.scenarios) {
    if (!only.test(sc.id)) continue;
    let got; for (let i = 0; i < 3; i++) { got = await play(sc); if (!/address already in use|failed to listen|could not listen/.test((got.notReady ?? '') + (got.fatal ?? '')) && !unresolved(sc, got)) break; }
    if (record) { sc.recorded = got; console.log('recorded', sc.id, got.notReady ? 'NOT READY ' + got.notReady : ''); continue; }
    const d = []; diff(sc.recorded, got, '', d); const real = d.filter((l) => !(sc.loose ?? []).some((p) => l.startsWith(p)));
    if (real.length) { fail++; console.log(`not ok ${sc.id}`); real.slice(0, verbose ? 50 : 4).forEach((l) => console.log('    ' + l)); } else { pass++; if (verbose) console.log(`ok ${sc.id}`); }
  }
  if (record) writeFileSync(f, JSON.stringify(doc, null, 1) + '\n');
}
if (main && !record) console.log(`${pass} passed, ${fail} failed`);
if (main) process.exit(fail ? 1 : 0);
