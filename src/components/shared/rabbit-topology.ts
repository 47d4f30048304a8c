/**
 * Exchanges and queues, named and configured so that other runtimes can share them.
 * @see spec 03 §7.1
 */
import type { Channel, Options } from "amqplib";

export interface RabbitTopology {
  /** `fanout`, `topic`, `direct` or `headers`. */
  readonly exchangeKind: string;
  readonly durable: boolean;
  readonly deletedWhenUnused: boolean;
  /** 0: unlimited. */
  readonly maxLength: number;
  readonly maxLengthBytes: number;
  readonly deadLetters: boolean;
}

/** What one subscription may say of its queue. */
export interface RabbitQueue {
  readonly name: string;
  /** `classic` or `quorum`. */
  readonly type: string;
  /** undefined: no priorities. */
  readonly maxPriority: number | undefined;
  readonly singleActiveConsumer: boolean;
  /** At least one, which may be empty. */
  readonly routingKeys: readonly string[];
}

export async function declareExchange(
  channel: Channel,
  exchange: string,
  { exchangeKind, durable, deletedWhenUnused }: RabbitTopology,
): Promise<void> {
  await channel.assertExchange(exchange, exchangeKind, { durable, autoDelete: deletedWhenUnused });
}

/** Exchange, queue, bindings, and where what is refused goes. */
export async function declareQueue(
  channel: Channel,
  exchange: string,
  queue: RabbitQueue,
  topology: RabbitTopology,
): Promise<void> {
  await declareExchange(channel, exchange, topology);
  const deadLetterExchange = `dlx-${queue.name}`;
  if (topology.deadLetters) {
    const deadLetterQueue = `dlq-${queue.name}`;
    await channel.assertExchange(deadLetterExchange, "fanout", { durable: true });
    await channel.assertQueue(deadLetterQueue, {
      durable: true,
      arguments: { "x-queue-mode": "lazy" },
    });
    await channel.bindQueue(deadLetterQueue, deadLetterExchange, "");
  }
  await channel.assertQueue(queue.name, {
    durable: topology.durable,
    autoDelete: topology.deletedWhenUnused,
    arguments: queueArguments(queue, topology, deadLetterExchange),
  });
  for (const key of queue.routingKeys) await channel.bindQueue(queue.name, exchange, key);
}

function queueArguments(
  queue: RabbitQueue,
  { maxLength, maxLengthBytes, deadLetters }: RabbitTopology,
  deadLetterExchange: string,
): Options.AssertQueue["arguments"] {
  return {
    "x-queue-type": queue.type,
    ...(maxLength > 0 ? { "x-max-length": maxLength } : {}),
    ...(maxLengthBytes > 0 ? { "x-max-length-bytes": maxLengthBytes } : {}),
    ...(queue.maxPriority === undefined ? {} : { "x-max-priority": queue.maxPriority }),
    ...(queue.singleActiveConsumer ? { "x-single-active-consumer": true } : {}),
    ...(deadLetters ? { "x-dead-letter-exchange": deadLetterExchange } : {}),
  };
}
