// Generated from proto/dapr/proto/internals/v1/reminders.proto by tools/generate-proto.ts. Do not edit.
import { Any, type AnyInit } from "../../../../google/protobuf/any.ts";
import { MessageCodec, type Reader, type Writer } from "../../../../wire.ts";
import { Timestamp, type TimestampInit } from "../../../../google/protobuf/timestamp.ts";

/** One reminder, as it is called and stored. */
export interface Reminder {
  actorId: string;
  actorType: string;
  name: string;
  data: Any | undefined;
  period: string;
  registeredTime: Timestamp | undefined;
  dueTime: string;
  expirationTime: Timestamp | undefined;
  isTimer: boolean;
  skipLock: boolean;
}
export interface ReminderInit {
  actorId?: string | undefined;
  actorType?: string | undefined;
  name?: string | undefined;
  data?: AnyInit | undefined;
  period?: string | undefined;
  registeredTime?: TimestampInit | undefined;
  dueTime?: string | undefined;
  expirationTime?: TimestampInit | undefined;
  isTimer?: boolean | undefined;
  skipLock?: boolean | undefined;
}

function readReminder(
  r: Reader,
  end: number,
  m: Reminder = {
    actorId: "",
    actorType: "",
    name: "",
    data: undefined,
    period: "",
    registeredTime: undefined,
    dueTime: "",
    expirationTime: undefined,
    isTimer: false,
    skipLock: false,
  },
): Reminder {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10:
        m.actorId = r.string();
        break;
      case 18:
        m.actorType = r.string();
        break;
      case 26:
        m.name = r.string();
        break;
      case 34: {
        const e = r.enter();
        m.data = Any.read(r, e, m.data);
        r.leave(e);
        break;
      }
      case 42:
        m.period = r.string();
        break;
      case 50: {
        const e = r.enter();
        m.registeredTime = Timestamp.read(r, e, m.registeredTime);
        r.leave(e);
        break;
      }
      case 58:
        m.dueTime = r.string();
        break;
      case 66: {
        const e = r.enter();
        m.expirationTime = Timestamp.read(r, e, m.expirationTime);
        r.leave(e);
        break;
      }
      case 72:
        m.isTimer = r.bool();
        break;
      case 80:
        m.skipLock = r.bool();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeReminder(w: Writer, m: ReminderInit): void {
  const v0 = m.skipLock;
  if (v0) {
    w.bool(v0);
    w.uint32(80);
  }
  const v1 = m.isTimer;
  if (v1) {
    w.bool(v1);
    w.uint32(72);
  }
  const v2 = m.expirationTime;
  if (v2 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v2);
    w.delimit(s, 66);
  }
  const v3 = m.dueTime;
  if (v3) {
    w.string(v3);
    w.uint32(58);
  }
  const v4 = m.registeredTime;
  if (v4 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v4);
    w.delimit(s, 50);
  }
  const v5 = m.period;
  if (v5) {
    w.string(v5);
    w.uint32(42);
  }
  const v6 = m.data;
  if (v6 !== undefined) {
    const s = w.written;
    Any.write(w, v6);
    w.delimit(s, 34);
  }
  const v7 = m.name;
  if (v7) {
    w.string(v7);
    w.uint32(26);
  }
  const v8 = m.actorType;
  if (v8) {
    w.string(v8);
    w.uint32(18);
  }
  const v9 = m.actorId;
  if (v9) {
    w.string(v9);
    w.uint32(10);
  }
}

export const Reminder = /* @__PURE__ */ new MessageCodec<Reminder, ReminderInit>(
  "dapr.proto.internals.v1.Reminder",
  readReminder,
  writeReminder,
);

/** Several of them. */
export interface Reminders {
  reminders: Reminder[];
}
export interface RemindersInit {
  reminders?: readonly ReminderInit[] | undefined;
}

function readReminders(
  r: Reader,
  end: number,
  m: Reminders = {
    reminders: [],
  },
): Reminders {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.reminders.push(readReminder(r, e));
        r.leave(e);
        break;
      }
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeReminders(w: Writer, m: RemindersInit): void {
  const v0 = m.reminders;
  if (v0 !== undefined && v0.length > 0) {
    for (let i = v0.length - 1; i >= 0; i--) {
      const s = w.written;
      writeReminder(w, v0[i]!);
      w.delimit(s, 10);
    }
  }
}

export const Reminders = /* @__PURE__ */ new MessageCodec<Reminders, RemindersInit>(
  "dapr.proto.internals.v1.Reminders",
  readReminders,
  writeReminders,
);

/** A timer of a workflow is due. */
export interface TimerFiredEvent {
  fireAt: Timestamp | undefined;
  timerId: number;
  generation: bigint;
}
export interface TimerFiredEventInit {
  fireAt?: TimestampInit | undefined;
  timerId?: number | undefined;
  generation?: bigint | undefined;
}

function readTimerFiredEvent(
  r: Reader,
  end: number,
  m: TimerFiredEvent = {
    fireAt: undefined,
    timerId: 0,
    generation: 0n,
  },
): TimerFiredEvent {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case 10: {
        const e = r.enter();
        m.fireAt = Timestamp.read(r, e, m.fireAt);
        r.leave(e);
        break;
      }
      case 16:
        m.timerId = r.int32();
        break;
      case 24:
        m.generation = r.uint64();
        break;
      default:
        r.skip(tag);
    }
  }
  return m;
}

function writeTimerFiredEvent(w: Writer, m: TimerFiredEventInit): void {
  const v0 = m.generation;
  if (v0) {
    w.uint64(v0);
    w.uint32(24);
  }
  const v1 = m.timerId;
  if (v1) {
    w.int32(v1);
    w.uint32(16);
  }
  const v2 = m.fireAt;
  if (v2 !== undefined) {
    const s = w.written;
    Timestamp.write(w, v2);
    w.delimit(s, 10);
  }
}

export const TimerFiredEvent = /* @__PURE__ */ new MessageCodec<TimerFiredEvent, TimerFiredEventInit>(
  "dapr.proto.internals.v1.TimerFiredEvent",
  readTimerFiredEvent,
  writeTimerFiredEvent,
);
